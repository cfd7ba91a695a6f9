import { Command } from "commander";
import { alertsCommand } from "./alerts/alerts-command.ts";
import { backupCommand } from "./backup/backup-command.ts";
import { deployCommand } from "./deploy/deploy-command.ts";
import { drillCommand } from "./drill/drill-command.ts";
import { environmentCommand } from "./environment-command.ts";
import { flagsCommand } from "./flags/flags-command.ts";
import { healthCommand } from "./health-command.ts";
import { migrateCommand } from "./migrations/migrate-command.ts";
import { releasesCommand } from "./releases/releases-command.ts";
import { rollbackCommand } from "./rollback/rollback-command.ts";
import { rolloutCommand } from "./rollouts/rollout-command.ts";
import { validateCommand } from "./validate/validate-command.ts";

/** `forecastctl` with all its commands. */
export function forecastctl(): Command {
  const program = new Command("forecastctl")
    .description("The command line of forecast-stack.")
    .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage.");
  for (const command of [alertsCommand(), environmentCommand(), flagsCommand(), rolloutCommand(), healthCommand(), releasesCommand(), deployCommand(), drillCommand(), rollbackCommand(), validateCommand(), migrateCommand(), backupCommand()]) program.addCommand(command);
  return program;
}
