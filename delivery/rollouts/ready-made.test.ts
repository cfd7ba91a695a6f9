import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { milliseconds } from "@forecast-stack/rollouts/duration.ts";
import { judgeLook, questionsOf } from "@forecast-stack/rollouts/look.ts";
import { lookIsDue, nextStatus } from "@forecast-stack/rollouts/next-status.ts";
import { type RolloutSpec, rolloutJsonSchema } from "@forecast-stack/rollouts/rollout-spec.ts";
import type { RolloutStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import { expectValue, type Series } from "@forecast-stack/rollouts/test-support/expect-value.ts";
import { readRolloutFile } from "./rollout-file.ts";

const folder = join(import.meta.dirname, "ready-made");
const files = (await readdir(folder)).sort();
const specOf = async (name: string): Promise<RolloutSpec> => (await readRolloutFile(join(folder, `${name}.yaml`))).spec;

describe("the ready-made rollouts", () => {
  it("are the three priorities, the third one in two parts", () => {
    expect(files).toEqual(["batch-delay.yaml", "hybrid-forecasting.yaml", "hybrid-outliers.yaml", "predictive-prefetch.yaml"]);
  });

  it.each(files)("%s can be started as it is", async (file) => {
    const { spec } = await readRolloutFile(join(folder, file));
    expect(spec.paused).toBe(false);
    expect(spec.gates.some(({ critical }) => critical)).toBe(true);
  });

  it.each<[name: string, criteria: Readonly<Record<string, string>>]>([
    ["batch-delay", { duration: "< 84", memory: "< 62", mape: "< 20", "cache-hit-rate": "> 99" }],
    ["predictive-prefetch", { "cache-hit-rate": "> 99.5", "prefetch-duration": "<= 30", "memory-growth": "< 5" }],
    ["hybrid-outliers", { outliers: "<= 3", "outlier-mape": "< 24", mape: "< 20", duration: "< 90" }],
    ["hybrid-forecasting", { mape: "< 20", duration: "< 90" }],
  ])("%s is held to the criteria of its plan", async (name, criteria) => {
    const { gates } = await specOf(name);
    expect(Object.fromEntries(gates.map((gate) => [gate.name, "must" in gate ? gate.must : undefined]))).toMatchObject(criteria);
  });
});

const HOUR = 3_600_000;

/** Where the batch delay is so many hours after its start, with runs at these hours; all limits hold. */
async function afterHours(hours: number, runs: readonly number[]): Promise<RolloutStatus | undefined> {
  const spec = await specOf("batch-delay");
  const values: Readonly<Record<string, number>> = { memory: 50, mape: 19, "cache-hit-rate": 99.5, "critical-errors": 0, duration: 80 };
  let status: RolloutStatus | undefined;
  for (let at = 0; at <= hours * HOUR; at += milliseconds(spec.interval)) {
    const now = new Date(at);
    const step = spec.steps[(status?.step ?? 0) - 1];
    const since = Date.parse(status?.clock ?? "");
    // PromQL's estimate of a count is seldom whole.
    const counted = 0.997 * runs.filter((run) => run * HOUR > since && run * HOUR <= at).length;
    const look = status !== undefined && step !== undefined && lookIsDue(status, spec, now)
      ? judgeLook(questionsOf({ spec, step, since: new Date(since), now }).map((question) => ({ ...question, observation: { kind: "values", query: "q", values: [question.gate.name === "samples" ? counted : (values[question.gate.name] ?? Number.NaN)] } })))
      : undefined;
    status = nextStatus(status, { rollout: "batch-delay", spec, now, look }).status;
  }
  return status;
}

describe("the batch delay", () => {
  const daily = [18, 42, 66, 90, 114, 138];

  it("waits at each step for its three runs, and is complete after those of six days", async () => {
    expect(await afterHours(1, daily)).toMatchObject({ phase: "observing", step: 1, failures: 0, unjudgedSince: null, reason: "samples: 0 of 3 samples." });
    expect(await afterHours(65, daily)).toMatchObject({ phase: "observing", step: 1, failures: 0 });
    expect(await afterHours(67, daily)).toMatchObject({ step: 2 });
    expect(await afterHours(139, daily)).toMatchObject({ phase: "completed", weight: 100 });
  });

  it("goes back when the runs do not come", async () => {
    expect(await afterHours(75, [18, 42])).toMatchObject({ phase: "returned", weight: 0, reason: "No verdict for 50h: samples: 2 of 3 samples." });
  });
});

const runs = 'forecast_runs_total{namespace="shop", trigger="schedule", outcome="completed"}';
const seconds = (what: string) => `forecast_run_duration_seconds_${what}{namespace="shop", outcome="completed"}`;
const worst = (sku: string) => `forecast_worst_item_mape_percentage{namespace="shop", tenant="default", facility="main", sku="${sku}"}`;
const fillings = (le: string) => `cache_preload_duration_seconds_bucket{namespace="shop", reason="peak", le="${le}"}`;
const fillingsCount = 'cache_preload_duration_seconds_count{namespace="shop", reason="peak"}';
const [never, once] = ["0x5", "0 0 1x4"];

describe("a limit of a ready-made rollout", () => {
  it.each<[name: string, gate: string, what: string, series: Series, value: number | undefined]>([
    ["batch-delay", "duration", "0 before the first run", { [seconds("sum")]: never, [seconds("count")]: never }, 0],
    ["hybrid-forecasting", "duration", "the mean of the runs", { [seconds("sum")]: "0 0 160x4", [seconds("count")]: "0 0 2x4" }, 80],
    ["hybrid-outliers", "duration", "nothing where nothing is known of runs", {}, undefined],
    ["hybrid-outliers", "outliers", "0 before the first run", { 'forecast_outlier_items{namespace="shop"}': "5x5", [runs]: never }, 0],
    ["hybrid-outliers", "outliers", "how many a run of the step has left", { 'forecast_outlier_items{namespace="shop"}': "5 5 4x4", [runs]: once }, 4],
    ["hybrid-outliers", "outliers", "nothing when the run has left no count", { [runs]: once }, undefined],
    ["hybrid-outliers", "outlier-mape", "0 before the first run", { [worst("SKU-6823")]: "28x5", [runs]: never }, 0],
    ["hybrid-outliers", "outlier-mape", "the mean of those of the five that are among the worst", { [worst("SKU-6823")]: "28x5", [worst("SKU-2156")]: "24x5", [worst("SKU-1")]: "90x5", [runs]: once }, 26],
    ["hybrid-outliers", "outlier-mape", "0 when none of them is", { [worst("SKU-1")]: "90x5", [runs]: once }, 0],
    ["hybrid-outliers", "outlier-mape", "nothing where nothing is known of items", { [runs]: once }, undefined],
    ["predictive-prefetch", "prefetch-duration", "0 before the first prefetch", { [fillings("30")]: never, [fillings("60")]: never, [fillings("+Inf")]: never, [fillingsCount]: never }, 0],
    ["predictive-prefetch", "prefetch-duration", "the class of the slowest", { [fillings("30")]: "0x5", [fillings("60")]: once, [fillings("+Inf")]: once, [fillingsCount]: once }, 60],
    ["predictive-prefetch", "prefetch-duration", "nothing where nothing is known of prefetches", {}, undefined],
  ])("%s: %s is %s", async (name, gate, _what, series, value) => {
    await expect(expectValue(await queryOf(name, gate), series, value)).resolves.toBeUndefined();
  });

  it("predictive-prefetch: memory-growth is the peak above that of the days before", async () => {
    const series = { 'process_memory_used_ratio{namespace="shop", job="api", pod="one"}': "0.25x1000 0.5 0.25x7637 0.75", 'process_memory_used_ratio{namespace="shop", job="postgres", pod="two"}': "1x8640" };
    await expect(expectValue(await queryOf("predictive-prefetch", "memory-growth"), series, 50, 8_640)).resolves.toBeUndefined();
  });
});

async function queryOf(name: string, gate: string): Promise<string> {
  const found = (await specOf(name)).gates.find((one) => one.name === gate);
  if (found?.kind !== "threshold") throw new Error(`${name} has no limit ${gate}`);
  return found.query;
}

it("the published JSON Schema is that of the rollouts that are taken", async () => {
  // Written by: forecastctl rollout schema > docs/rollout.schema.json
  expect(JSON.parse(await readFile(join(import.meta.dirname, "../../docs/rollout.schema.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(rolloutJsonSchema())));
});
