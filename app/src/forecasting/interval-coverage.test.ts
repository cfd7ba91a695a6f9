import { describe, expect, it } from "@jest/globals";
import { type Random, seededRandom } from "../../sample/random.ts";
import type { DemandPeriod } from "./demand-series.ts";
import { forecastItem, type ForecastSettings } from "./item-forecast.ts";
import type { Forecast, Series } from "./models/forecast.ts";
import { oracleSeries } from "./oracle/oracle-series.ts";

const settings: ForecastSettings = { serve: "hybrid", zeroRatioThreshold: 0.5, cvSquaredThreshold: 0.49 };
const HISTORY = 200;
/** What a run forecasts by default, and the part of it that orders are placed on. */
const HORIZONS = [90, 28];
const ITEMS = 60;
/** The least share that must be held. All days of an item err together, so 60 items leave some room for chance. */
const LEAST_95 = 0.9;
const LEAST_80 = 0.7;

/** Demand of day t in each class: continuous ones vary around a mean, intermittent ones are mostly 0. */
const classes: readonly (readonly [name: string, continuous: boolean, demand: (random: Random, t: number) => number])[] = [
  ["smooth", true, (random) => random.gamma(100, 20)],
  ["trending", true, (random, t) => random.gamma(50 + 0.25 * t, 10)],
  ["weekly-seasonal", true, (random, t) => random.gamma(80 + 30 * Math.cos((2 * Math.PI * t) / 7), 12)],
  ["erratic", true, (random) => random.gamma(50, 45)],
  ["intermittent", false, (random) => (random.next() < 0.3 ? random.gamma(10, 4) : 0)],
  ["lumpy", false, (random) => (random.next() < 0.2 ? random.gamma(30, 36) : 0)],
];

describe("the intervals", () => {
  it.each(classes)("hold what then happens to %s items", (_name, continuous, demand) => {
    const random = seededRandom(95);
    expectHeld(simulated((t) => demand(random, t)), continuous);
  });

  it("hold what then happens to items whose level wanders, 90 days ahead as well", () => {
    const random = seededRandom(95);
    let level = 0;
    expectHeld(
      simulated((t) => {
        level = t === 0 ? 300 : level + 3 * random.normal();
        return Math.max(level + 5 * random.normal(), 0);
      }),
      true,
    );
  });

  it("hold what was held out of the sample catalogue", () => {
    const forecasts = oracleSeries().map(({ seasonLength, history, holdout }): Outcome => ({ actual: holdout, forecast: served(history, seasonLength === 12 ? "month" : "day", holdout.length) }));
    expect(covered(forecasts, 28, "95")).toBeGreaterThanOrEqual(LEAST_95);
    expect(covered(forecasts, 28, "80")).toBeGreaterThanOrEqual(LEAST_80);
  });
});

interface Outcome {
  readonly forecast: Forecast;
  readonly actual: Series;
}

function served(history: Series, period: DemandPeriod, horizon: number): Forecast {
  return forecastItem(history, period, horizon, settings).served.forecast;
}

function simulated(demand: (t: number) => number): Outcome[] {
  const [longest = 0] = HORIZONS;
  return Array.from({ length: ITEMS }, () => {
    const values = Float64Array.from({ length: HISTORY + longest }, (_, t) => demand(t));
    return { actual: values.subarray(HISTORY), forecast: served(values.subarray(0, HISTORY), "day", longest) };
  });
}

function expectHeld(outcomes: readonly Outcome[], continuous: boolean): void {
  for (const horizon of HORIZONS) {
    expect(covered(outcomes, horizon, "95")).toBeGreaterThanOrEqual(LEAST_95);
    expect(covered(outcomes, horizon, "80")).toBeGreaterThanOrEqual(LEAST_80);
    // An interval from 0 holds most of the demand that is mostly 0, however narrow it is.
    if (continuous) expect(covered(outcomes, horizon, "95")).toBeLessThanOrEqual(0.99);
  }
}

/** The share of the actual demand of the first `horizon` periods that lies in the interval. */
function covered(outcomes: readonly Outcome[], horizon: number, level: "80" | "95"): number {
  const inside = outcomes.flatMap(({ forecast, actual }) => [...actual.subarray(0, horizon)].map((value, step) => value >= (forecast[`lower${level}`][step] ?? 0) && value <= (forecast[`upper${level}`][step] ?? 0)));
  return inside.filter(Boolean).length / inside.length;
}
