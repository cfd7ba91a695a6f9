import { Command } from "commander";

/** Loaded when they are asked for: all of them together take a second or two, most of it for Pulumi and Kubernetes. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  alerts: async () => (await import("./alerts/alerts-command.ts")).alertsCommand(),
  env: async () => (await import("./environment-command.ts")).environmentCommand(),
  flags: async () => (await import("./flags/flags-command.ts")).flagsCommand(),
  rollout: async () => (await import("./rollouts/rollout-command.ts")).rolloutCommand(),
  health: async () => (await import("./health-command.ts")).healthCommand(),
  releases: async () => (await import("./releases/releases-command.ts")).releasesCommand(),
  deploy: async () => (await import("./deploy/deploy-command.ts")).deployCommand(),
  drill: async () => (await import("./drill/drill-command.ts")).drillCommand(),
  rollback: async () => (await import("./rollback/rollback-command.ts")).rollbackCommand(),
  validate: async () => (await import("./validate/validate-command.ts")).validateCommand(),
  migrate: async () => (await import("./migrations/migrate-command.ts")).migrateCommand(),
  backup: async () => (await import("./backup/backup-command.ts")).backupCommand(),
};

/**
 * `forecastctl` with one command, or with all when there is none of that name.
 *
 * @param name what follows `forecastctl` on the command line
 */
export async function forecastctl(name = ""): Promise<Command> {
  const program = new Command("forecastctl")
    .description("The command line of forecast-stack.")
    .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 wrong usage.");
  const named = Object.hasOwn(commands, name) ? commands[name] : undefined;
  for (const load of named === undefined ? Object.values(commands) : [named]) program.addCommand(await load());
  return program;
}
