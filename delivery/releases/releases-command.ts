import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { printTable } from "../table.ts";
import type { Difference } from "./compare.ts";
import { nameOf } from "./contents.ts";
import { type Changed, compareReleases, type ReleaseChanges } from "./release-changes.ts";
import { exportCommand, importCommand } from "./move-command.ts";
import { acknowledge } from "./quarantine.ts";
import { fingerprintOf, ReleaseHistory, summaryOf } from "./release-history.ts";
import { MaskedSecret } from "./secret-values.ts";
import { changesOf, type NumberedUpdate } from "./update.ts";
import { whoRan } from "./who-ran.ts";

interface Options {
  readonly stack: string;
  readonly json?: true;
}

/** `forecastctl releases`: what was deployed, when, by whom, and what was different. */
export function releasesCommand(): Command {
  const command = new Command("releases")
    .description("List the releases of a stack, newest first.")
    .argument("[stack]", "the stack", "dev")
    .option("--json", "print JSON instead")
    .addHelpText("after", "\nA release is a successful update that changed something; a plain pulumi up is one too, though it does not record who ran it.\n\nExamples:\n  forecastctl releases production\n  forecastctl releases show 12 --stack production\n  forecastctl releases diff 11 12 --json")
    .action((stack: string, { json }: Options) => list(stack, json === true));
  command.addCommand(
    withOptions(new Command("show").description("Show a release and what it changed.").argument("<number>", "the release", number)).action((release: number, { stack }: Options, self: Command) => show(stack, release, isJson(self))),
  );
  command.addCommand(
    withOptions(new Command("diff").description("Show what is different between two releases.").argument("<before>", "a release", number).argument("<after>", "another one", number)).action(
      (before: number, after: number, { stack }: Options, self: Command) => diff(stack, before, after, isJson(self)),
    ),
  );
  command.addCommand(
    new Command("acknowledge")
      .description("Allow a release to be deployed again that was rolled back from.")
      .argument("<number>", "the release", number)
      .option("--stack <name>", "the stack", "dev")
      .action((release: number, { stack }: Options) => allowAgain(stack, release)),
  );
  command.addCommand(exportCommand());
  command.addCommand(importCommand());
  return command;
}

function withOptions(command: Command): Command {
  return command.option("--stack <name>", "the stack", "dev").option("--json", "print JSON instead");
}

/** --json is an option of the parent too, which takes it when it stands last. */
function isJson(command: Command): boolean {
  return command.optsWithGlobals<Options>().json === true;
}

function number(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be the number of a release, as forecastctl releases lists them.");
  return Number(text);
}

async function list(stack: string, json: boolean): Promise<void> {
  const updates = (await new ReleaseHistory(stack).updates()).toReversed();
  if (json) {
    printJson(updates.map(describeUpdate));
    return;
  }
  printTable(
    ["release", "when", "kind", "result", "changes", "commit", "who", "size", "message"],
    updates.map((update) => {
      const { release, when, kind, result, changes, commit, dirty, who, bytes, message } = describeUpdate(update);
      return [release === null ? "-" : String(release), when.replace("T", " ").slice(0, 19), kind, result, String(changes), commit === null ? "-" : `${commit.slice(0, 7)}${dirty ? "+" : ""}`, who ?? "-", bytes === null ? "-" : `${Math.round(bytes / 1_000)} kB`, message.split("\n")[0] ?? ""];
    }),
  );
}

async function show(stack: string, release: number, json: boolean): Promise<void> {
  const history = new ReleaseHistory(stack);
  const read = await history.release(release);
  const before = release === 1 ? undefined : await history.contents(await history.release(release - 1));
  const changes = before === undefined ? null : compareReleases(before, await history.contents(read));
  const description = { ...describeUpdate(read.update), ...summaryOf(read.deployment), checksum: read.checksum, resources: read.deployment.resources.length };
  if (json) {
    printJson({ ...description, changes });
    return;
  }
  const { images, operations, ...facts } = description;
  for (const [name, value] of Object.entries(facts)) process.stdout.write(`${pc.bold(name.padEnd(14))} ${String(value ?? "-")}\n`);
  process.stdout.write(`${pc.bold("operations".padEnd(14))} ${Object.entries(operations).map(([operation, count]) => `${count} ${operation}`).join(", ")}\n`);
  process.stdout.write(`\n${pc.bold("images")}\n`);
  for (const [role, image] of Object.entries(images)) process.stdout.write(`  ${role.padEnd(20)} ${image}\n`);
  process.stdout.write(`\n${pc.bold(`changes since release ${release - 1}`)}\n`);
  if (changes === null) process.stdout.write("  the first release\n");
  else printChanges(changes);
}

async function diff(stack: string, before: number, after: number, json: boolean): Promise<void> {
  const history = new ReleaseHistory(stack);
  const [one, other] = await Promise.all([history.release(before), history.release(after)]);
  const changes = compareReleases(await history.contents(one), await history.contents(other));
  if (json) printJson({ stack, before, after, ...changes });
  else printChanges(changes);
}

async function allowAgain(stack: string, release: number): Promise<void> {
  const { deployment } = await new ReleaseHistory(stack).release(release);
  const allowed = await acknowledge(stack, fingerprintOf(deployment));
  process.stdout.write(allowed ? `Release ${release} of ${stack} may be deployed again.\n` : `Release ${release} of ${stack} was not rolled back from; nothing is changed.\n`);
}

/** An update as `--json` gives it. */
function describeUpdate({ release, entry, size }: NumberedUpdate): { release: number | null; when: string; kind: string; result: string; seconds: number; changes: number; operations: Readonly<Record<string, number>>; commit: string | null; dirty: boolean; committer: string | null; who: string | null; message: string; bytes: number | null } {
  const { environment } = entry;
  return {
    release,
    when: new Date(entry.endTime * 1_000).toISOString(),
    kind: entry.kind,
    result: entry.result,
    seconds: entry.endTime - entry.startTime,
    changes: changesOf(entry),
    operations: entry.resourceChanges,
    commit: environment["git.head"] ?? null,
    dirty: environment["git.dirty"] === "true",
    committer: environment["git.committer"] ?? null,
    who: whoRan(entry),
    message: entry.message,
    bytes: size ?? null,
  };
}

function printChanges({ schemaVersion, ...groups }: ReleaseChanges): void {
  if (schemaVersion !== null) process.stdout.write(`${pc.bold("schema")}  ${schemaVersion.before ?? "none"} → ${schemaVersion.after ?? "none"}\n`);
  for (const [group, changed] of Object.entries<readonly Changed[]>(groups)) {
    if (changed.length === 0) continue;
    process.stdout.write(`${pc.bold(group)}\n`);
    for (const { name, change, differences } of changed) {
      process.stdout.write(`  ${signs[change]} ${group === "resources" ? nameOf(name) : name}\n`);
      for (const difference of differences) process.stdout.write(`      ${describeDifference(difference)}\n`);
    }
  }
  if (schemaVersion === null && Object.values(groups).flat().length === 0) process.stdout.write("nothing\n");
}

const signs = { created: pc.green("+"), updated: pc.yellow("~"), deleted: pc.red("-") } as const;
/** Longer values are named by their length: whoever needs all of them asks for --json. */
const MOST_CHARACTERS = 60;

function describeDifference({ path, before, after }: Difference): string {
  return `${path === "" ? "" : `${path}: `}${shown(before)} → ${shown(after)}`;
}

function shown(value: unknown): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" || value instanceof MaskedSecret ? value.toString() : JSON.stringify(value);
  return text.length > MOST_CHARACTERS || text.includes("\n") ? `(${text.length} characters)` : text;
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
