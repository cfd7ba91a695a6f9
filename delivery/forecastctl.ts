import { CommandError } from "@forecast-stack/local/run.ts";
import { withStackDefaults } from "@forecast-stack/local/stack/environment.ts";
import type { Command } from "commander";
import { JobError } from "./backup/job-error.ts";
import { FlagError } from "./flags/flag-error.ts";
import { forecastctl } from "./program.ts";
import { ReleaseError } from "./releases/release-error.ts";

// Without a shell that was prepared by `forecastctl env`, the embedded cluster and its stacks are meant.
Object.assign(process.env, withStackDefaults(process.env));

const program = await forecastctl(process.argv[2]);
exitAsDocumented(program);

try {
  await program.parseAsync();
} catch (error) {
  // What went wrong outside says so itself; anything else is a mistake of ours, whose place should show.
  if (!(error instanceof ReleaseError || error instanceof FlagError || error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof JobError ? error.exitCode : 1;
}

/** commander's own answer to a wrong call is 1, which here means that a command failed; commands that were added do not inherit this. */
function exitAsDocumented(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  for (const added of command.commands) exitAsDocumented(added);
}
