import { join } from "node:path";
import { step } from "@forecast-stack/local/progress.ts";
import { Command } from "commander";
import { newestRelease } from "../backup/stack-place.ts";
import { confirm } from "../confirm.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { type ReadRelease, ReleaseHistory } from "../releases/release-history.ts";
import { printTable } from "../table.ts";
import { editedMigrations } from "./edited.ts";
import { lintMigrations, type LintProblem, readSources } from "./lint.ts";
import { recordedMigrations } from "./recorded-migrations.ts";
import { runMigrateJob, undoMigrations } from "./undo.ts";

/** The SQL files of this checkout. */
export const migrationsFolder = join(import.meta.dirname, "..", "..", "migrations");

interface Options {
  readonly stack: string;
  readonly json?: true;
}

interface UndoOptions extends Options {
  readonly to: string;
  readonly acceptDataLoss?: true;
  readonly yes?: true;
}

/** `forecastctl migrate`: what is applied, applying, undoing, and checking the files. */
export function migrateCommand(): Command {
  const command = new Command("migrate").description("Show, apply, undo and check the migrations of a stack's database.").addHelpText("after", "\nExamples:\n  forecastctl migrate status\n  forecastctl migrate undo --to 0.0.9\n  forecastctl migrate lint");
  const action = (name: string, description: string) => command.command(name).description(description).option("--stack <name>", "the stack", "dev").option("--json", "print JSON instead");
  action("status", "Compare the database with the migrations of the release that runs.").action(async (options: Options) => {
    const rows = await run("Migrations", options, ["status"]);
    print(options, rows, () => printTable(["version", "what", "kind", "state", "an undo loses"], rows.map((row) => ["version", "description", "kind", "state", "loses"].map((name) => text(row[name])))));
  });
  action("up", "Apply the migrations of the release that runs, as its deploy did.").action(async (options: Options) => {
    const rows = await run("Migrations", options, ["up"]);
    print(options, rows, () => process.stdout.write(rows.length === 0 ? "There was nothing to apply.\n" : `Applied ${rows.map(({ version }) => text(version)).join(", ")}.\n`));
  });
  action("undo", "Take back every migration that is newer than a version.").requiredOption("--to <version>", "the version that stays applied").option("--accept-data-loss", "also undo what deletes data").option("--yes", "do not ask").action(undo);
  action("lint", "Check the files of this checkout: unsafe locks, missing undos, edits of what a release has applied.").action(lint);
  return command;
}

async function undo({ to, acceptDataLoss, yes, ...options }: UndoOptions): Promise<void> {
  const release = await releaseOf(options.stack);
  if (options.json === true && yes !== true) throw new ReleaseError("--json does not ask: add --yes.");
  if (yes !== true && !(await confirm(`Take the schema of ${options.stack} back to ${to}? The service needs a release that works with it.`))) {
    process.stdout.write("Nothing was changed.\n");
    return;
  }
  const work = (note: (message: string) => void) => undoMigrations(release, to, acceptDataLoss === true, note);
  const undone = options.json === true ? await work(() => undefined) : await step("Undo", work);
  print(options, undone, () => process.stdout.write(undone.length === 0 ? `The schema is at ${to} already.\n` : `Undone ${undone.map(({ version }) => version).join(", ")}.\n`));
}

async function lint(options: Options): Promise<void> {
  const problems = await problemsOf(options.stack);
  print(options, problems, () => process.stdout.write(problems.length === 0 ? "Nothing is wrong with the migrations.\n" : problems.map(({ file, message }) => `${file}: ${message}\n`).join("")));
  if (problems.length > 0) process.exitCode = 1;
}

/** Everything that is wrong with the files of this checkout, edits of what the stack's releases applied included. */
export async function problemsOf(stack: string): Promise<LintProblem[]> {
  const sources = await readSources(migrationsFolder);
  const newest = await newestRelease(stack).catch((error: unknown) => {
    // A stack that was never deployed has applied nothing.
    if (error instanceof ReleaseError) return undefined;
    throw error;
  });
  return [...(await lintMigrations(sources)), ...(newest === undefined ? [] : editedMigrations(sources, recordedMigrations(newest.deployment)))];
}

async function run(title: string, { stack, json }: Options, args: readonly string[]): Promise<Record<string, unknown>[]> {
  const release = await releaseOf(stack);
  return json === true ? runMigrateJob(release, args, () => undefined) : step(title, (note) => runMigrateJob(release, args, note));
}

async function releaseOf(stack: string): Promise<ReadRelease> {
  const newest = (await new ReleaseHistory(stack).updates()).filter(({ release }) => release !== null).at(-1);
  if (newest === undefined) throw new ReleaseError(`The stack ${stack} has no release yet.`);
  return new ReleaseHistory(stack).read(newest);
}

function print({ json }: Options, value: object, forPeople: () => void): void {
  if (json === true) process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  else forPeople();
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
