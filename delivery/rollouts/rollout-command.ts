import { setTimeout } from "node:timers/promises";
import type { FlagMapContent } from "@forecast-stack/flags/config-maps.ts";
import { statusSuffix } from "@forecast-stack/flags/exposures.ts";
import { sampleNotes } from "@forecast-stack/rollouts/read-rollout.ts";
import { rolloutJsonSchema } from "@forecast-stack/rollouts/rollout-spec.ts";
import { hasEnded, readStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { Command } from "commander";
import { FlagError } from "../flags/flag-error.ts";
import { FlagMapStore } from "../flags/flag-maps.ts";
import { kubeConfig } from "../rollback/cluster.ts";
import { printTable } from "../table.ts";
import { drawHistory, drawRecord, drawRollout, placeOf, type ShownRollout } from "./print-rollouts.ts";
import { abortPatch, type Asking, knownRollout, pausePatch, promotePatch, rolloutNames, type RolloutPatch, startPatch } from "./rollout-change.ts";
import { readRolloutFile, specOf } from "./rollout-file.ts";
import { differenceOfReplay, recordFromFile, recordsOf } from "./rollout-records.ts";

interface Options {
  readonly stack: string;
  readonly namespace?: string;
  readonly context?: string;
  readonly json?: true;
}

interface ChangeOptions extends Options {
  readonly reason: string;
  readonly dryRun?: true;
}

interface ExplainOptions extends Options {
  readonly decision?: string;
  readonly replay?: true;
  readonly file?: true;
}

/** Milliseconds between two looks of `watch`. */
const WATCH_EVERY_MS = 1_000;
/** The controller writes the same map: how often a change is made again on what it wrote. */
const MOST_ATTEMPTS = 10;

const examples = `
Examples:
  forecastctl rollout lint delivery/rollouts/ready-made/*.yaml
  forecastctl rollout start delivery/rollouts/ready-made/hybrid-forecasting.yaml --stack staging --reason 'v19.3, priority 3'
  forecastctl rollout watch hybrid-forecasting --stack staging
  forecastctl rollout abort hybrid-forecasting --stack staging --reason 'complaints'
  forecastctl rollout explain hybrid-forecasting --stack staging --replay`;

/** `forecastctl rollout`: staged rollouts of feature flags, which the rollout controller leads. */
export function rolloutCommand(): Command {
  const command = new Command("rollout").description("Start, watch and steer staged rollouts of feature flags.").addHelpText("after", examples);
  command.addCommand(new Command("lint").description("Check files, and say how many samples their comparisons need.").argument("<file...>").action((files: string[]) => lint(files)));
  command.addCommand(new Command("schema").description("Print the JSON Schema of a rollout.").action(() => printJson(rolloutJsonSchema())));
  command.addCommand(placed(new Command("list").description("List the rollouts of a stack.")).action((options: Options) => list(options)));
  command.addCommand(changing(new Command("start").description("Start the rollout of a file; the file's name is its name.").argument("<file>").option("--name <name>", "another name")).action((file: string, options: ChangeOptions & { name?: string }) => start(file, options)));
  command.addCommand(placed(new Command("status").description("Show where a rollout is and what its gates say.").argument("<name>")).action((name: string, options: Options) => status(name, options)));
  command.addCommand(placed(new Command("watch").description("Draw a rollout until it has ended.").argument("<name>")).action((name: string, options: Options) => watch(name, options)));
  const steer = (name: string, description: string, patch: (map: FlagMapContent, rollout: string, asking: Asking) => RolloutPatch) => {
    command.addCommand(changing(new Command(name).description(description).argument("<name>")).action((rollout: string, options: ChangeOptions) => change(options, name, rollout, (map, asking) => patch(map, rollout, asking))));
  };
  steer("pause", "Let a rollout stay where it is.", (map, rollout, asking) => pausePatch(map, rollout, true, asking));
  steer("resume", "Let a paused or held rollout go on; its step begins anew.", (map, rollout, asking) => pausePatch(map, rollout, false, asking));
  steer("promote", "Enter the next step now, whatever the gates say.", promotePatch);
  steer("abort", "Expose nobody any more.", abortPatch);
  command.addCommand(
    placed(new Command("explain").description("Show why a rollout went on or back.").argument("<name>", "a rollout, or with --file the file of a record"))
      .option("--decision <number>", "this decision instead of the newest")
      .option("--replay", "judge the record again, offline, and compare the bytes")
      .option("--file", "read the record from a file that `explain --json` wrote")
      .action((name: string, options: ExplainOptions) => explain(name, options)),
  );
  return command;
}

function placed(command: Command): Command {
  return command.option("--stack <name>", "the stack", "dev").option("--namespace <name>", "its namespace (default: forecast-<stack>)").option("--context <name>", "the kubeconfig context (default: the current one)").option("--json", "print JSON instead");
}

function changing(command: Command): Command {
  return placed(command).requiredOption("--reason <text>", "why").option("--dry-run", "check it at the API server and change nothing");
}

function storeOf({ stack, namespace, context }: Options): FlagMapStore {
  return new FlagMapStore(kubeConfig(context), namespace ?? `forecast-${stack}`);
}

async function lint(files: readonly string[]): Promise<void> {
  const problems: string[] = [];
  for (const file of files) {
    try {
      const { name, spec } = await readRolloutFile(file);
      process.stdout.write(`${name}: right\n${sampleNotes(spec).map((note) => `  ${note}\n`).join("")}`);
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new FlagError(problems.join("\n"));
}

function shownOf(map: FlagMapContent, name: string): ShownRollout {
  return { name, spec: specOf(name, knownRollout(map, name)), status: readStatus(map.data[`${name}${statusSuffix}`]) };
}

async function list(options: Options): Promise<void> {
  const { rollouts } = await storeOf(options).read();
  const shown = rolloutNames(rollouts).map((name) => {
    try {
      return shownOf(rollouts, name);
    } catch (error) {
      if (!(error instanceof FlagError)) throw error;
      return { name, problem: error.message };
    }
  });
  if (options.json === true) { printJson(shown); return; }
  if (shown.length === 0) { process.stdout.write(`${options.namespace === undefined ? `The stack ${options.stack}` : `The namespace ${options.namespace}`} has no rollout.\n`); return; }
  printTable(["rollout", "flag", "variant", "phase", "weight", ""], shown.map((one) => ("problem" in one ? [one.name, "", "", "invalid", "", one.problem] : [one.name, one.spec.flag, one.spec.variant, placeOf(one), `${one.status?.weight ?? 0} %`, one.status?.reason ?? ""])));
}

async function start(file: string, options: ChangeOptions & { name?: string }): Promise<void> {
  const rollout = await readRolloutFile(file, options.name);
  await change(options, "start", rollout.name, (map, asking) => startPatch(map, rollout, asking));
}

async function change(options: ChangeOptions, action: string, name: string, patchOf: (map: FlagMapContent, asking: Asking) => RolloutPatch): Promise<void> {
  if (options.reason.trim() === "") throw new FlagError("The reason is empty: say why with --reason 'why'.");
  const store = storeOf(options);
  const by = await store.whoAmI();
  const asking = { by, reason: options.reason, now: new Date() };
  const written = async (): Promise<boolean> => {
    const { map, version } = await store.rollouts();
    // An abort counts whatever was written meanwhile.
    return store.patchRollouts(patchOf(map, asking), { dryRun: options.dryRun === true, version: action === "abort" ? undefined : version });
  };
  let attempts = 1;
  while (!(await written())) {
    attempts += 1;
    if (attempts > MOST_ATTEMPTS) throw new FlagError(`The rollouts of ${options.stack} are written all the time by somebody else: nothing was changed. Try again.`);
  }
  const done = { rollout: name, action, by, dryRun: options.dryRun === true };
  if (options.json === true) printJson(done);
  else process.stdout.write(`${options.dryRun === true ? "Would ask" : "Asked"} the controller of ${options.stack} to ${action} ${name} (as ${by}). Watch it: forecastctl rollout watch ${name} --stack ${options.stack}\n`);
}

async function status(name: string, options: Options): Promise<void> {
  const { rollouts } = await storeOf(options).read();
  const shown = shownOf(rollouts, name);
  if (options.json === true) printJson(shown);
  else process.stdout.write(`${drawRollout(shown)}${drawHistory(shown)}`);
}

/** On a terminal it is drawn over itself; elsewhere every change is a paragraph, or with --json a line. */
async function watch(name: string, options: Options): Promise<void> {
  const store = storeOf(options);
  let before = "";
  for (;;) {
    const { rollouts } = await store.read();
    const shown = shownOf(rollouts, name);
    const text = options.json === true ? `${JSON.stringify(shown)}\n` : drawRollout(shown);
    if (text !== before) process.stdout.write(process.stdout.isTTY && options.json !== true && before !== "" ? `\u001b[${before.split("\n").length - 1}A\u001b[J${text}` : text);
    before = text;
    if (shown.status !== undefined && hasEnded(shown.status)) return;
    await setTimeout(WATCH_EVERY_MS);
  }
}

async function explain(name: string, options: ExplainOptions): Promise<void> {
  const records = options.file === true ? [await recordFromFile(name)] : recordsOf(await storeOf(options).records(), name);
  const chosen = options.decision === undefined ? records.at(-1) : records.findLast(({ record }) => String(record.number) === options.decision);
  if (chosen === undefined) throw new FlagError(records.length === 0 ? `No decision about ${name} is recorded.` : `There is no decision ${options.decision ?? ""} about ${name}; there is ${records.map(({ record }) => record.number).join(", ")}.`);
  // The record's own bytes, so that what is saved can be judged again.
  process.stdout.write(options.json === true ? chosen.text : drawRecord(chosen.record));
  if (options.replay !== true) return;
  const difference = differenceOfReplay(chosen);
  if (difference !== undefined) throw new FlagError(`Judged again the record differs, first in line ${difference.line}: it says ${difference.kept.trim()}, and now ${difference.replayed.trim()} follows.`);
  if (options.json !== true) process.stdout.write("  Judged again from this record: the same bytes.\n");
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
