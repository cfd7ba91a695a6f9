import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { measureAccuracy, naiveErrors } from "./accuracy.ts";
import { type Series } from "./models/forecast.ts";
import type { Fit } from "./models/model.ts";
import { type ModelName, modelsFor } from "./models/models.ts";
import { type OracleSeries, oracleSeries } from "./oracle/oracle-series.ts";

/** Errors of one implementation on one series; see bench/oracle/reference.py. */
interface Errors {
  readonly historyRmsse: number;
  readonly oneStepRmsse: number;
  readonly holdoutRmsse: number;
}

interface Compared {
  readonly sku: string;
  readonly sells: boolean;
  readonly ours: Errors & { readonly points: Series };
  readonly theirs: Errors & { readonly forecast: number | readonly number[] };
}

const measures = ["historyRmsse", "oneStepRmsse", "holdoutRmsse"] as const;
/** An error that is nothing beside the naive forecast's; how much of nothing does not matter. */
const NOTHING = 1e-3;
/** The constants that statsforecast gives Croston's method, SBA and TSB. */
const CONSTANT = 0.1;

const series = oracleSeries();

describe.each(["croston", "sba", "tsb"] as const)("%s", (name) => {
  it("forecasts every series as statsforecast does, and misses it by as much", () => {
    for (const compared of compare(name)) {
      expectEqual(compared);
      expect(compared.theirs.forecast).toBeCloseTo(compared.ours.points[0] ?? Number.NaN, 6);
    }
  });
});

describe("exponential smoothing", () => {
  /** Weekly demand, for which two smoothing constants are locally best: statsforecast ends at the worse one. */
  const betterHere = ["SKU-0053", "SKU-0056", "SKU-0061"];

  it("finds the smoothing constant that statsforecast finds, or a better one", () => {
    for (const compared of compare("exponential-smoothing")) {
      if (betterHere.includes(compared.sku)) expect(compared.ours.historyRmsse).toBeLessThan(0.99 * compared.theirs.historyRmsse);
      else expectEqual(compared);
    }
  });
});

describe("Holt-Winters", () => {
  const all = compare("holt-winters");
  const selling = all.filter(({ sells }) => sells);
  const ratio = (measure: keyof Errors) => sum(selling.map(({ ours }) => ours[measure])) / sum(selling.map(({ theirs }) => theirs[measure]));

  it("forecasts what it has not seen no worse than statsforecast: within 2 % over all series that sell", () => {
    expect(ratio("oneStepRmsse")).toBeLessThanOrEqual(1.02);
    expect(ratio("holdoutRmsse")).toBeLessThanOrEqual(1.02);
  });

  it("explains the history within 2 %, though statsforecast also fits the starting state to it", () => {
    expect(ratio("historyRmsse")).toBeLessThanOrEqual(1.02);
  });

  it("misses no single series by much more than statsforecast does", () => {
    for (const { sku, ours, theirs } of selling) expect([sku, ours.holdoutRmsse < 1.15 * theirs.holdoutRmsse]).toEqual([sku, true]);
  });

  it("is no farther from nothing than statsforecast where an item has stopped selling", () => {
    const stopped = all.filter(({ sells }) => !sells);
    expect(stopped).toHaveLength(4);
    for (const { sku, ours, theirs } of stopped) expect([sku, ours.holdoutRmsse < theirs.holdoutRmsse]).toEqual([sku, true]);
  });
});

function compare(name: ModelName): Compared[] {
  const { series: references } = JSON.parse(readFileSync(join(import.meta.dirname, "oracle", `${name}.json`), "utf8")) as { series: (Compared["theirs"] & { sku: string })[] };
  expect(references.map(({ sku }) => sku)).toEqual(series.map(({ sku }) => sku));
  return series.map((one, index) => ({ sku: one.sku, sells: one.holdout.some((value) => value > 0), ours: errorsOf(name, one), theirs: references[index] as Compared["theirs"] }));
}

function errorsOf(name: ModelName, { seasonLength, history, holdout }: OracleSeries): Compared["ours"] {
  const fit = modelsFor(seasonLength, { crostonAlpha: CONSTANT, tsbAlpha: CONSTANT, tsbBeta: CONSTANT })[name].estimate(history);
  const whole = Float64Array.of(...history, ...holdout);
  const naive = naiveErrors(history, seasonLength);
  const rmsse = (actual: Series, forecast: Series) => measureAccuracy(actual, forecast, naive).rmsse ?? Number.NaN;
  const oneStep = (from: number, to: number) => rmsse(whole.subarray(from, to), oneStepAhead(fit, whole, from, to));
  const points = fit(history).points(new Float64Array(holdout.length));
  return { points, historyRmsse: oneStep(Math.floor(history.length / 2), history.length), oneStepRmsse: oneStep(history.length, whole.length), holdoutRmsse: rmsse(holdout, points) };
}

/** What the model expected of each period from `from` to before `to`, having seen all before it. */
function oneStepAhead(fit: Fit, whole: Series, from: number, to: number): Series {
  return Float64Array.from({ length: to - from }, (_, index) => fit(whole.subarray(0, from + index)).points(new Float64Array(1))[0] ?? Number.NaN);
}

/** The same errors within 0.1 %. */
function expectEqual({ sku, ours, theirs }: Compared): void {
  for (const measure of measures) {
    const same = Math.abs(ours[measure] - theirs[measure]) <= 0.001 * theirs[measure] || Math.max(ours[measure], theirs[measure]) < NOTHING;
    expect([sku, measure, same]).toEqual([sku, measure, true]);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
