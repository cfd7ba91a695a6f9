import { formatElapsed, step } from "@forecast-stack/local/progress.ts";
import { Command } from "commander";
import { confirm } from "../confirm.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { printTable } from "../table.ts";
import { type BackupRecord, StackBackups } from "./backups.ts";
import { archivedCluster, backUpCluster, clusterBackups, recoverySteps } from "./operator-backup.ts";
import type { StackPlace } from "./service-job.ts";
import { newestRelease, placeOf } from "./stack-place.ts";

interface Options {
  readonly stack: string;
  readonly json?: true;
}

interface RestoreOptions extends Options {
  readonly keepSchema?: true;
  readonly yes?: true;
}

const EXIT_CODES = "\nExit codes: 0 done, 1 failed, 2 wrong usage, 65 the backup is damaged, 74 the place of the backups is full or does not answer,\n77 the key is not the one that the backup was made with.";

/** `forecastctl backup`: makes, shows, checks and restores backups of a stack's database. */
export function backupCommand(): Command {
  const command = new Command("backup")
    .description("Make, show, check and restore backups of a stack's database.")
    .addHelpText("after", `${EXIT_CODES}\n\nExamples:\n  forecastctl backup create\n  forecastctl backup list --stack production --json\n  forecastctl backup restore forecast-20260131T013000Z`);
  const action = (name: string, description: string) => command.command(name).description(description).option("--stack <name>", "the stack", "dev").option("--json", "print JSON instead");
  action("create", "Back the database up now.").action(async (options: Options) => {
    const operated = await operatedCluster(options.stack);
    if (operated !== undefined) return operatorCreates(options, operated);
    const made = await run("Backup", options, (backups) => backups.create());
    print(options, made, () => printBackups([made]));
  });
  action("list", "List the backups, oldest first, and those that are damaged.").action(async (options: Options) => {
    const operated = await operatedCluster(options.stack);
    if (operated !== undefined) return operatorLists(options, operated);
    const { complete, damaged } = await run("Backups", options, (stack) => stack.list());
    print(options, [...complete, ...damaged.map((name) => ({ name, damaged: true }))], () => {
      printBackups(complete);
      if (damaged.length > 0) process.stdout.write(`${damaged.length} damaged, of which nothing but the name can be read: ${damaged.join(", ")}.\n`);
    });
  });
  action("verify [name]", "Restore a backup (default: the newest) into a database of its own and compare every table.").action(async (name: string | undefined, options: Options) => {
    const checked = await run("Verification", options, (backups) => backups.verify(name));
    print(options, checked, () => process.stdout.write(`${checked.name} has all its ${checked.rows} rows.\n`));
  });
  action("prune", "Remove backups, and what is left of unfinished ones, that are older than the stack keeps them.").action(async (options: Options) => {
    const { removed, remains } = await run("Prune", options, (backups) => backups.prune());
    print(options, [...removed, ...remains.map((name) => ({ name, complete: false }))], () => {
      if (removed.length > 0) printBackups(removed);
      if (remains.length > 0) process.stdout.write(`Removed what was no complete backup: ${remains.join(", ")}.\n`);
      if (removed.length + remains.length === 0) process.stdout.write("No backup is old enough to go.\n");
    });
  });
  action("restore [name]", "Restore a backup (default: the newest) into a new database and switch the service over to it.").option("--keep-schema", "leave the schema as it was then: for going back to a release of that time next").option("--yes", "do not ask").action(restore);
  return command;
}

async function restore(name: string | undefined, options: RestoreOptions): Promise<void> {
  const operated = await operatedCluster(options.stack);
  if (operated !== undefined) throw await recoveryByUpdate(options.stack, operated, name);
  if (options.json === true && options.yes !== true) throw new ReleaseError("--json does not ask: add --yes.");
  if (options.yes !== true && !(await confirm(`Put ${name ?? "the newest backup"} in place of the database of ${options.stack}? What was written since is only in the database from before, which is kept.`))) {
    process.stdout.write("Nothing was changed.\n");
    return;
  }
  const began = Date.now();
  const { manifest, kept } = await run("Restore", options, (backups) => backups.restore(name, options.keepSchema === true));
  print(options, { manifest, kept }, () => process.stdout.write(`${manifest.rows} rows of ${manifest.createdAt} are back after ${formatElapsed(Date.now() - began)}. The database from before is kept as ${kept}; drop it once nobody needs it.\n`));
}

/** The stack's CloudNativePG cluster with an object store: its operator makes and keeps the backups. */
interface Operated {
  readonly place: StackPlace;
  readonly cluster: string;
}

async function operatedCluster(stack: string): Promise<Operated | undefined> {
  const release = await newestRelease(stack);
  const cluster = release === undefined ? undefined : archivedCluster(release.deployment);
  return cluster === undefined ? undefined : { place: await placeOf(stack), cluster };
}

async function operatorCreates(options: Options, { place, cluster }: Operated): Promise<void> {
  const make = async (note: (message: string) => void) => backUpCluster(place, cluster, "asked-for", note);
  const name = options.json === true ? await make(() => undefined) : await step("Backup", make);
  print(options, { name }, () => process.stdout.write(`The backup ${name} of ${cluster} is complete.\n`));
}

async function operatorLists(options: Options, { place, cluster }: Operated): Promise<void> {
  const backups = await clusterBackups(place, cluster);
  print(options, backups, () => printTable(["backup", "state", "began", "ended", "error"], backups.map(({ name, phase, startedAt, stoppedAt, error }) => [name, phase === "" ? "not begun" : phase, startedAt ?? "", stoppedAt ?? "", error])));
}

/** A recovery makes a cluster that the stack's settings must name, or its next update would not know it. */
async function recoveryByUpdate(stack: string, { place, cluster }: Operated, name: string | undefined): Promise<ReleaseError> {
  const backup = name === undefined ? undefined : (await clusterBackups(place, cluster)).find((one) => one.name === name);
  if (name !== undefined && backup?.stoppedAt == null) return new ReleaseError(`${cluster} has no complete backup ${name}: forecastctl backup list --stack ${stack} shows them.`);
  return new ReleaseError(`Nothing was changed. The operator recovers ${cluster} into a new cluster, which an update makes and switches the service to:\n${recoverySteps(stack, cluster, backup?.stoppedAt ?? undefined)}`);
}

async function run<Result>(title: string, { stack, json }: Options, work: (backups: StackBackups) => Promise<Result>): Promise<Result> {
  const place = await placeOf(stack);
  return json === true ? work(new StackBackups(place, () => undefined)) : step(title, (note) => work(new StackBackups(place, note)));
}

function print({ json }: Options, value: object, forPeople: () => void): void {
  if (json === true) process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  else forPeople();
}

function printBackups(backups: readonly BackupRecord[]): void {
  printTable(
    ["backup", "made", "size", "schema", "rows", "verified"],
    backups.map(({ name, createdAt, bytes, schemaVersion, rows, checked }) => [name, createdAt, `${(bytes / 1_048_576).toFixed(1)} MiB`, schemaVersion, String(rows), checked === null ? "not yet" : checked.intact ? checked.at : "NOT INTACT"]),
  );
}
