import { describe, expect, it } from "@jest/globals";
import { type Random, seededRandom } from "../../sample/random.ts";
import { forecastItem, type ForecastSettings } from "./item-forecast.ts";

const settings: ForecastSettings = { serve: "hybrid", zeroRatioThreshold: 0.5, cvSquaredThreshold: 0.49 };
const HISTORY = 200;
const HORIZON = 28;
const ITEMS = 60;

/** Demand of day t in each class: continuous ones vary around a mean, intermittent ones are mostly 0. */
const classes: readonly (readonly [name: string, continuous: boolean, demand: (random: Random, t: number) => number])[] = [
  ["smooth", true, (random) => random.gamma(100, 20)],
  ["trending", true, (random, t) => random.gamma(50 + 0.25 * t, 10)],
  ["weekly-seasonal", true, (random, t) => random.gamma(80 + 30 * Math.cos((2 * Math.PI * t) / 7), 12)],
  ["erratic", true, (random) => random.gamma(50, 45)],
  ["intermittent", false, (random) => (random.next() < 0.3 ? random.gamma(10, 4) : 0)],
  ["lumpy", false, (random) => (random.next() < 0.2 ? random.gamma(30, 36) : 0)],
];

describe("the 95 % interval", () => {
  it.each(classes)("holds what then happens to %s items", (_name, continuous, demand) => {
    const random = seededRandom(95);
    let inside = 0;
    for (let item = 0; item < ITEMS; item += 1) {
      const values = Float64Array.from({ length: HISTORY + HORIZON }, (_, t) => demand(random, t));
      const { lower95, upper95 } = forecastItem(values.subarray(0, HISTORY), "day", HORIZON, settings).served.forecast;
      values.subarray(HISTORY).forEach((value, step) => {
        if (value >= (lower95[step] ?? 0) && value <= (upper95[step] ?? 0)) inside += 1;
      });
    }
    const share = inside / (ITEMS * HORIZON);
    expect(share).toBeGreaterThanOrEqual(0.9);
    if (continuous) expect(share).toBeLessThanOrEqual(0.99);
  });
});
