import { stackEnvironment } from "@forecast-stack/local/stack/environment.ts";
import { Command } from "commander";
import { alertsCommand } from "./alerts/alerts-command.ts";
import { backupCommand } from "./backup/backup-command.ts";
import { JobError } from "./backup/service-job.ts";
import { deployCommand } from "./deploy/deploy-command.ts";
import { drillCommand } from "./drill/drill-command.ts";
import { environmentCommand } from "./environment-command.ts";
import { FlagError } from "./flags/flag-error.ts";
import { flagsCommand } from "./flags/flags-command.ts";
import { healthCommand } from "./health-command.ts";
import { migrateCommand } from "./migrations/migrate-command.ts";
import { ReleaseError } from "./releases/release-error.ts";
import { releasesCommand } from "./releases/releases-command.ts";
import { rollbackCommand } from "./rollback/rollback-command.ts";
import { rolloutCommand } from "./rollouts/rollout-command.ts";
import { validateCommand } from "./validate/validate-command.ts";

// Without a shell that was prepared by `forecastctl env`, the embedded cluster and its stacks are meant.
const { PATH, ...defaults } = stackEnvironment(process.env["PATH"] ?? "");
process.env["PATH"] = PATH;
for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value;

const program = new Command("forecastctl")
  .description("The command line of forecast-stack.")
  .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage.");

for (const command of [alertsCommand(), environmentCommand(), flagsCommand(), rolloutCommand(), healthCommand(), releasesCommand(), deployCommand(), drillCommand(), rollbackCommand(), validateCommand(), migrateCommand(), backupCommand()]) program.addCommand(command);
exitAsDocumented(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ReleaseError || error instanceof FlagError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof JobError ? error.exitCode : 1;
}

/** commander's own answer to a wrong call is 1, which here means that a command failed; commands that were added do not inherit this. */
function exitAsDocumented(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  for (const added of command.commands) exitAsDocumented(added);
}
