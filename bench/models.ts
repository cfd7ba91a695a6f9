import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { z } from "zod";
import { sampleCatalogue } from "../app/sample/catalogue.ts";
import { SAMPLE_END } from "../app/sample/shapes.ts";
import { dayNumber, seasonLengths, toDemandSeries } from "../app/src/forecasting/demand-series.ts";
import { forecastItem } from "../app/src/forecasting/item-forecast.ts";
import { forecastWith, type Series } from "../app/src/forecasting/models/forecast.ts";
import { type ModelName, modelsFor } from "../app/src/forecasting/models/models.ts";
import { median, spread, table } from "./report.ts";

// Every model that both implementations have, fitted to the same series and
// forecast with intervals, by one thread each, one after the other. What counts
// is CPU time: a busy machine makes both slower to finish, not dearer.

const SERIES = 1_000;
const HISTORY = 180;
const HORIZON = 90;
const REPEATS = 3;
/**
 * Rounds before those that are measured, because code is compiled for what it
 * meets, and rounds of one repetition: garbage is collected once in many of
 * them, and each is to bear its share.
 */
const ROUNDS = 20;
const MODELS: readonly ModelName[] = ["holt-winters", "exponential-smoothing", "croston", "sba", "tsb"];
/** statsforecast gives these constants and no others; without them the models here search for the best ones. */
const CONSTANTS = { crostonAlpha: 0.1, tsbAlpha: 0.1, tsbBeta: 0.1 };

const peerSchema = z.object({ version: z.string(), seconds: z.record(z.string(), z.array(z.number()).length(REPEATS)) });
type Peer = z.infer<typeof peerSchema>;

const { values } = parseArgs({ allowPositionals: true, options: { python: { type: "string" } } });
if (values.python === undefined) {
  process.stderr.write("This benchmark runs beside statsforecast: name a Python that has it with --python PATH (bench/oracle/README.md says how to make one).\n");
  process.exitCode = 64;
} else {
  const series = benchmarkSeries();
  const peer = await measurePeer(values.python, series);
  if (peer !== null) report(series, peer);
}

/** The last HISTORY days of the first items of the sample catalogue that have so many. */
function benchmarkSeries(): Series[] {
  const found: Series[] = [];
  for (const { period, demand } of sampleCatalogue(2 * SERIES)) {
    if (period !== "day") continue;
    const { values: days } = toDemandSeries({ days: demand.map(({ date }) => dayNumber(date)), quantities: demand.map(({ quantity }) => quantity) }, period, dayNumber(SAMPLE_END));
    if (days.length >= HISTORY) found.push(days.slice(-HISTORY));
    if (found.length === SERIES) return found;
  }
  throw new Error(`the sample catalogue has only ${found.length} items with ${HISTORY} days`);
}

/** Runs statsforecast; null, and a sentence on stderr, when the Python given cannot. */
async function measurePeer(python: string, series: readonly Series[]): Promise<Peer | null> {
  process.stderr.write("… statsforecast, which takes some minutes\n");
  const child = spawn(python, [join(import.meta.dirname, "oracle", "speed.py")], { env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" } });
  const ended = once(child, "close") as Promise<[number | null]>;
  // A Python that cannot start closes its input early; the exit says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify({ horizon: HORIZON, repeats: REPEATS, seasonLength: seasonLengths.day, series: series.map((values) => [...values]) }));
  const [output, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended.then(([status]) => status)]).catch((error: unknown) => ["", String(error), null] as const);
  if (code === 0) return peerSchema.parse(JSON.parse(output));
  // Of a traceback only the last line says what is missing.
  process.stderr.write(`${python} cannot run statsforecast (${complaint.trim().split("\n").at(-1) ?? ""}): name a Python that has it with --python PATH (bench/oracle/README.md says how to make one).\n`);
  process.exitCode = 69;
  return null;
}

function report(series: readonly Series[], { version, seconds }: Peer): void {
  const models = modelsFor(seasonLengths.day, CONSTANTS);
  const rows = MODELS.map((name) => {
    const ours = repeated(() => series.forEach((history) => forecastWith(models[name].estimate(history)(history), history, HORIZON)));
    const theirs = seconds[name] ?? [];
    return [name, spread(ours, "s"), spread(theirs, "s"), `${Number((median(theirs) / median(ours)).toPrecision(2))} ×`];
  });
  const settings = { ...CONSTANTS, serve: "hybrid", zeroRatioThreshold: 0.5, cvSquaredThreshold: 0.49 } as const;
  const choosing = repeated(() => series.forEach((history) => forecastItem(history, "day", HORIZON, settings)));
  table([`${SERIES} series of ${HISTORY} days, ${HORIZON} ahead: CPU time`, "here", `statsforecast ${version}`, "theirs / ours"], [...rows, ["choosing among all models by back-test", spread(choosing, "s"), "", ""]]);
}

/** CPU seconds of a round, in each repetition, of a process that has been at it for a while, as a worker is. */
function repeated(work: () => void): number[] {
  const rounds = () => {
    for (let round = 0; round < ROUNDS; round += 1) work();
  };
  rounds();
  return Array.from({ length: REPEATS }, () => {
    const before = process.cpuUsage();
    rounds();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6 / ROUNDS;
  });
}
