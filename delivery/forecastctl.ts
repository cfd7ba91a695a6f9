import { stackEnvironment } from "@forecast-stack/local/stack/environment.ts";
import { Command } from "commander";
import { environmentCommand } from "./environment-command.ts";
import { healthCommand } from "./health-command.ts";
import { ReleaseError } from "./releases/release-error.ts";
import { releasesCommand } from "./releases/releases-command.ts";
import { rollbackCommand } from "./rollback/rollback-command.ts";

// Without a shell that was prepared by `forecastctl env`, the embedded cluster and its stacks are meant.
const { PATH, ...defaults } = stackEnvironment(process.env["PATH"] ?? "");
process.env["PATH"] = PATH;
for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value;

const program = new Command("forecastctl")
  .description("The command line of forecast-stack.")
  .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage.")
  .exitOverride((error) => {
    // commander's own answer to a wrong call is 1, which here means that a command failed.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

for (const command of [environmentCommand(), healthCommand(), releasesCommand(), rollbackCommand()]) program.addCommand(command);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ReleaseError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
