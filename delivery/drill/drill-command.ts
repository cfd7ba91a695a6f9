import { step } from "@forecast-stack/local/progress.ts";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { confirm } from "../confirm.ts";
import { parseDuration } from "../flags/override-change.ts";
import { ReleaseError } from "../releases/release-error.ts";
import { printTable } from "../table.ts";
import { type DrillResult, restoreDrills, runDrill } from "./drill.ts";
import { type Fault, faults } from "./faults.ts";
import { drillPlace } from "./place.ts";

interface Options {
  readonly stack: string;
  readonly timeout: number;
  readonly allowProduction?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** `forecastctl drill`: break something, and see who is told and when. */
export function drillCommand(): Command {
  const command = new Command("drill").description("Really break something in a stack, see who is told and how long it takes, and put it right.").addHelpText(
    "after",
    "\nEvery message names the drill. What is broken is put right also on Ctrl-C and on failure; a drill that was killed is\nput right by the next one, or by drill restore.\n\nExamples:\n  forecastctl drill list\n  forecastctl drill postgres\n  forecastctl drill redis --stack staging --yes --json\n  forecastctl drill restore",
  );
  for (const fault of faults) command.addCommand(drill(fault));
  command.addCommand(new Command("list").description("List the drills that there are.").action(() => printTable(["drill", "what it does", "looks for", "takes about"], faults.map(({ name, does, sign, minutes }) => [name, does, sign.kind === "alert" ? (sign.labels["alertname"] ?? "") : "the end of the heartbeat", `${minutes} min`]))));
  command.addCommand(
    new Command("restore")
      .description("Put right what a drill that was cut off has broken.")
      .option("--stack <name>", "the stack", "dev")
      .action(async ({ stack }: Pick<Options, "stack">) => {
        const restored = await restoreDrills(await drillPlace(stack, true), (message) => process.stderr.write(`${message}\n`));
        process.stdout.write(restored.length === 0 ? `No drill has left anything behind in ${stack}.\n` : `Put right in ${stack}: ${restored.join(", ")}.\n`);
      }),
  );
  return command;
}

function drill(fault: Fault): Command {
  return new Command(fault.name)
    .description(`It ${fault.does}.`)
    .option("--stack <name>", "the stack", "dev")
    .option("--timeout <duration>", "how long the beginning, and then the end, may take to be told", duration, 20 * 60_000)
    .option("--allow-production", "in production, too")
    .option("--yes", "do not ask")
    .option("--json", "print JSON instead; needs --yes")
    .action((options: Options) => hold(fault, options));
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("It must be a number of seconds, minutes, hours or days, for example 10m.");
  return milliseconds;
}

async function hold(fault: Fault, { stack, timeout, allowProduction, yes, json }: Options): Promise<void> {
  if (json === true && yes !== true) throw new ReleaseError("--json does not ask: add --yes.");
  const place = await drillPlace(stack, allowProduction === true);
  if (yes !== true && !(await confirm(`The drill ${fault.name} ${fault.does} in ${stack} (${place.environment}), for about ${fault.minutes} minutes. Begin?`))) {
    process.stdout.write("Nothing was changed.\n");
    return;
  }
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  const work = (note: (message: string) => void) => runDrill(place, fault, { timeoutMs: timeout, signal: stopping.signal }, note);
  try {
    const result = json === true ? await work(() => undefined) : await step(`Drill ${fault.name}`, work);
    if (json === true) process.stdout.write(`${JSON.stringify({ stack, ...result }, undefined, 2)}\n`);
    else printResult(result);
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
  }
}

function printResult({ arrival, toldAfter, restoredAfter, endToldAfter }: DrillResult): void {
  const where = arrival.seen ? arrival.receiver : `${arrival.receiver} (as Alertmanager says: the stack has no inbox, alerting.inbox)`;
  process.stdout.write(`\n${pc.bold(arrival.summary)}\n`);
  printTable(["what", "seconds"], [[`told to ${where}, named ${arrival.drill}`, String(toldAfter)], ["put right", String(restoredAfter)], ["its end told", String(endToldAfter)]]);
}
