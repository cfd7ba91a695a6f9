import { Command } from "commander";
import { environmentCommand } from "./environment-command.ts";
import { ReleaseError } from "./releases/release-error.ts";
import { releasesCommand } from "./releases/releases-command.ts";

const program = new Command("forecastctl")
  .description("The command line of forecast-stack.")
  .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage.")
  .exitOverride((error) => {
    // commander's own answer to a wrong call is 1, which here means that a command failed.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

for (const command of [environmentCommand(), releasesCommand()]) program.addCommand(command);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ReleaseError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
