import { Command, InvalidArgumentError } from "commander";
import { kubeConfig } from "../rollback/cluster.ts";
import { printTable } from "../table.ts";
import { differencesOf } from "./flag-differences.ts";
import { FlagMapStore } from "./flag-maps.ts";
import { environmentOf, type FlagOverview, overviewOf } from "./flag-overview.ts";
import { showHistory } from "./history-command.ts";
import { knownFlag, overridePatch, parseDuration } from "./override-change.ts";
import { describeAge, describeNote, printFlag, readFlagProblem } from "./print-flags.ts";

interface Options {
  readonly stack: string;
  readonly namespace?: string;
  readonly context?: string;
  readonly json?: true;
}

interface ChangeOptions extends Options {
  readonly reason?: string;
  readonly for?: number;
  readonly dryRun?: true;
}

interface DiffOptions {
  readonly context?: string;
  readonly otherContext?: string;
  readonly json?: true;
}

interface HistoryOptions extends Options {
  readonly limit: number;
  readonly verify?: true;
}

/** `forecastctl flags`: what the flags of a stack are, and people's overrides of them. */
export function flagsCommand(): Command {
  const command = new Command("flags").description("Show and override the feature flags of a stack.").addHelpText(
    "after",
    "\nEvery running process takes a new value up by itself; nothing restarts.\n\nExamples:\n  forecastctl flags list --stack staging\n  forecastctl flags set CROSS_DOCK_ENABLED false --stack production --reason 'receiving is stuck' --for 30m\n  forecastctl flags unset CROSS_DOCK_ENABLED --stack production --reason 'fixed'\n  forecastctl flags diff staging production\n  forecastctl flags history --verify",
  );
  command.addCommand(placed(new Command("list").description("List the flags, their values and what decides them.")).action((options: Options) => list(options)));
  command.addCommand(placed(new Command("get").description("Show one flag.").argument("<flag>")).action((flag: string, options: Options) => get(flag, options)));
  command.addCommand(changing(new Command("set").description("Override a flag for everybody.").argument("<flag>").argument("<value>").option("--for <duration>", "end by itself after this long, for example 30m", duration)).action((flag: string, value: string, options: ChangeOptions) => change(flag, value, options)));
  command.addCommand(changing(new Command("unset").description("Take an override away.").argument("<flag>")).action((flag: string, options: ChangeOptions) => change(flag, undefined, options)));
  command.addCommand(
    placed(new Command("history").description("List who changed which flag, the newest change first.").argument("[flag]", "of one flag alone").option("--limit <number>", "the newest so many", count, 50).option("--verify", "check that nothing was altered, taken out or cut off at the end; exit code 1 if so"))
      .addHelpText("after", "\nIt is read from the service, with its own token out of the cluster or with FORECAST_TOKEN, the token of an administrator.\n\nExamples:\n  forecastctl flags history CROSS_DOCK_ENABLED --stack production\n  forecastctl flags history --verify")
      .action((flag: string | undefined, { stack, namespace, context, limit, verify, json }: HistoryOptions) => showHistory({ namespace: namespace ?? `forecast-${stack}`, context, flag, limit, verify: verify === true, json: json === true })),
  );
  command.addCommand(
    new Command("diff")
      .description("List the flags that differ between two stacks.")
      .argument("<stack>")
      .argument("<other>")
      .option("--context <name>", "the kubeconfig context of both (default: the current one)")
      .option("--other-context <name>", "that of the other stack, where it is on another cluster")
      .option("--json", "print JSON instead")
      .action((stack: string, other: string, options: DiffOptions) => diff(stack, other, options)),
  );
  return command;
}

function placed(command: Command): Command {
  return command.option("--stack <name>", "the stack", "dev").option("--namespace <name>", "its namespace (default: forecast-<stack>)").option("--context <name>", "the kubeconfig context (default: the current one)").option("--json", "print JSON instead");
}

function changing(command: Command): Command {
  return placed(command).option("--reason <text>", "why; needed in production").option("--dry-run", "check it at the API server and change nothing");
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("It must be a number of seconds, minutes, hours or days, for example 30m.");
  return milliseconds;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return Number(text);
}

function storeOf({ stack, namespace, context }: Options): FlagMapStore {
  return new FlagMapStore(kubeConfig(context), namespace ?? `forecast-${stack}`);
}

async function list(options: Options): Promise<void> {
  const { flags, problems } = overviewOf(await storeOf(options).read(), new Date());
  if (options.json === true) { printJson({ flags, problems }); return; }
  printTable(["flag", "value", "decided by", "owner", "expires", ""], flags.map((one) => [one.flag, String(one.value), one.source, one.owner, describeAge(one, new Date()), describeNote(one)]));
  for (const problem of problems) process.stdout.write(`${readFlagProblem(problem)}\n`);
}

async function get(name: string, options: Options): Promise<void> {
  knownFlag(name);
  const { flags, problems } = overviewOf(await storeOf(options).read(), new Date());
  const flag = flags.find((one) => one.flag === name);
  const own = problems.filter(({ key }) => key === name);
  if (options.json === true) { printJson({ ...flag, problems: own }); return; }
  if (flag !== undefined) printFlag(flag, own);
}

async function change(flag: string, value: string | undefined, options: ChangeOptions): Promise<void> {
  knownFlag(flag);
  const store = storeOf(options);
  const [maps, by] = await Promise.all([store.read(), store.whoAmI()]);
  const now = new Date();
  const patch = overridePatch({ flag, ...(value === undefined ? {} : { value }), ...(options.reason === undefined ? {} : { reason: options.reason }), ...(options.for === undefined ? {} : { forMs: options.for }) }, { environment: environmentOf(maps), by, now });
  await store.patchOverrides(patch, options.dryRun === true);
  const before = maps.overrides.data[flag] ?? null;
  const after = patch.data[flag] ?? null;
  const until = options.for === undefined ? null : new Date(now.getTime() + options.for).toISOString();
  if (options.json === true) { printJson({ flag, before, after, by, until, dryRun: options.dryRun === true }); return; }
  process.stdout.write(`${options.dryRun === true ? "Would change" : "Changed"} the override of ${flag} in ${options.stack}: ${before ?? "none"} → ${after ?? "none"}${until === null ? "" : `, until ${until}`} (as ${by})\n`);
}

async function diff(stack: string, other: string, { context, otherContext = context, json }: DiffOptions): Promise<void> {
  const read = async (name: string, at: string | undefined) => overviewOf(await storeOf({ stack: name, ...(at === undefined ? {} : { context: at }) }).read(), new Date()).flags;
  const [ours, theirs] = await Promise.all([read(stack, context), read(other, otherContext)]);
  const differences = differencesOf(ours, theirs);
  if (json === true) { printJson(differences.map(({ flag, left, right }) => ({ flag, [stack]: left, [other]: right }))); return; }
  if (differences.length === 0) process.stdout.write(`The flags of ${stack} and ${other} are alike.\n`);
  else printTable(["flag", stack, other], differences.map(({ flag, left, right }) => [flag, cell(left), cell(right)]));
}

function cell({ value, source, rollout }: FlagOverview): string {
  return `${String(value)} (${rollout === undefined ? source : `${rollout.variant} for ${rollout.weight} %${rollout.cohort === undefined ? "" : ` of ${rollout.cohort.join(", ")}`}`})`;
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
