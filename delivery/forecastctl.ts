import { Command } from "commander";
import { environmentCommand } from "./environment-command.ts";

const program = new Command("forecastctl")
  .description("The command line of forecast-stack.")
  .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage.")
  .exitOverride((error) => {
    // commander's own answer to a wrong call is 1, which here means that a command failed.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

program.addCommand(environmentCommand());

await program.parseAsync();
