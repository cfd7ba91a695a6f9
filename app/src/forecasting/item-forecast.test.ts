import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { seededRandom } from "../../sample/random.ts";
import { type EarlierSelection, forecastItem, type ForecastSettings } from "./item-forecast.ts";
import { EXPLOSION_LIMIT, maximum } from "./models/forecast.ts";
import { regularNames } from "./models/models.ts";

const settings: ForecastSettings = { serve: "hybrid", zeroRatioThreshold: 0.5, cvSquaredThreshold: 0.49, crostonAlpha: 0.1, tsbAlpha: 0.1, tsbBeta: 0.1 };
const series = (length: number, value: (t: number) => number) => Float64Array.from({ length }, (_, t) => Math.max(value(t), 0));
const forecast = (values: Float64Array, horizon = 90, given = settings, earlier?: EarlierSelection) => {
  const { served, ...item } = forecastItem(values, "day", horizon, given, earlier);
  return { ...item, ...served };
};

/** Demand of every kind: none, constant, sparse, noisy, with spikes, short and long. */
const anyDemand = fc.oneof(
  fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 120 }),
  fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 1e6, noNaN: true }) }), { maxLength: 200 }),
  fc.tuple(fc.nat(200), fc.double({ min: 0, max: 1e12, noNaN: true })).map(([length, value]) => Array<number>(length).fill(value)),
  fc.tuple(fc.nat(100), fc.nat(100)).map(([before, after]) => [...Array<number>(before).fill(1), 1e12, ...Array<number>(after).fill(1)]),
  fc.nat(150).map((length) => Array.from({ length }, (_, t) => Math.exp(t / 10))),
);

/** About one day in four has demand. */
const sparse = (day: number) => ((day * day * 31 + day * 17) % 53 < 10 ? 15 + (day % 9) : 0);

describe("the forecast of an item", () => {
  it("is finite, never negative, never explosive, and its intervals enclose it, whatever the history", () => {
    fc.assert(
      fc.property(anyDemand, fc.constantFrom("day" as const, "month" as const), fc.integer({ min: 1, max: 120 }), (demand, period, horizon) => {
        const history = Float64Array.from(demand);
        const ceiling = EXPLOSION_LIMIT * maximum(history);
        const { point, lower80, upper80, lower95, upper95 } = forecastItem(history, period, horizon, settings).served.forecast;
        expect(point).toHaveLength(horizon);
        for (let step = 0; step < horizon; step += 1) {
          const rising = [0, lower95[step], lower80[step], point[step], upper80[step], upper95[step], ceiling] as number[];
          expect(rising.every(Number.isFinite)).toBe(true);
          expect([...rising].sort((a, b) => a - b)).toEqual(rising);
        }
      }),
      { numRuns: 300, seed: 20240702 },
    );
  });

  it("has accuracy measures that are finite or null, whatever the history", () => {
    fc.assert(
      fc.property(anyDemand, (demand) => {
        const { accuracy, judgedBy } = forecast(Float64Array.from(demand), 1);
        const measures = accuracy === null ? [] : [accuracy.mape, accuracy.wape, accuracy.mase, accuracy.rmsse, accuracy.mae, accuracy.rmse, accuracy.bias, accuracy.trackingSignal, accuracy.actualSum, accuracy.errorSum];
        for (const measure of measures) expect(measure === null || Number.isFinite(measure)).toBe(true);
        expect(judgedBy === null).toBe(accuracy === null);
      }),
      { numRuns: 200, seed: 20240702 },
    );
  });

  it("is 0 for an item that never sold, and says nothing about its accuracy", () => {
    const { forecast: result, accuracy, model } = forecast(new Float64Array(0));
    expect(Math.max(...result.point, ...result.upper95)).toBe(0);
    expect(accuracy).toBeNull();
    expect(model).toBe("croston");
  });

  it("repeats a weekly rhythm", () => {
    const week = [10, 20, 30, 40, 50, 60, 5];
    const { forecast: result, model, accuracy } = forecast(series(140, (t) => week[t % 7] ?? 0), 14);
    // Without noise both are exact, and rounding decides.
    expect(["holt-winters", "seasonal-naive"]).toContain(model);
    result.point.forEach((value, step) => expect(value).toBeCloseTo(week[step % 7] ?? 0, 0));
    expect(accuracy?.mape).toBeLessThan(1);
  });

  it("follows a trend and bends it, so that it does not run away", () => {
    const { forecast: result } = forecast(series(200, (t) => 50 + t), 90);
    expect(result.point[0]).toBeGreaterThan(245);
    expect(result.point[89]).toBeGreaterThan(result.point[0] ?? Infinity);
    expect(result.point[89]).toBeLessThan(340);
  });

  it("of sparse demand is Croston's rate, judged by MASE because MAPE has no meaning there", () => {
    const { forecast: result, model, selection, judgedBy, accuracy } = forecast(series(360, sparse), 30);
    expect(model).toBe("croston");
    expect(selection).toMatchObject({ rule: "zero-ratio", demandClass: "intermittent", fallback: null });
    expect(result.point[0]).toBeCloseTo(19 / 3.8, 0);
    expect(judgedBy).toBe("mase");
    expect(accuracy?.mapeExcluded).toBeGreaterThan(0);
  });

  it("of very uneven demand is asked of TSB by the rule", () => {
    const random = seededRandom(7);
    const { selection } = forecast(series(300, () => random.gamma(20, 20)));
    expect(selection).toMatchObject({ rule: "cv-squared", ruleModel: "tsb" });
  });

  it("of an item that stopped selling falls back from Croston, which would never forget, and says why", () => {
    const { forecast: result, selection } = forecast(series(500, (t) => (t < 200 ? 10 : 0)));
    expect(selection.ruleModel).toBe("croston");
    expect(selection.chosen).not.toBe("croston");
    expect(selection.fallback).toMatch(/^croston missed by .* in the back-test, .* by /);
    expect(result.point[0]).toBeLessThan(0.1);
  });

  it("is there by both variants, whichever is served", () => {
    const { variants, selection, model } = forecast(series(360, sparse), 30, { ...settings, serve: "regular" });
    expect(selection).toMatchObject({ served: "regular", rule: "zero-ratio", ruleModel: "croston", chosen: variants.regular.model });
    expect(model).toBe(variants.regular.model);
    expect(regularNames).toContain(variants.regular.model);
    expect(variants.hybrid).toMatchObject({ model: "croston", accuracy: { mae: expect.any(Number) } });
  });

  it("explains itself with the scores of every model that suits the series, on the same back-test", () => {
    const { selection } = forecast(series(100, (t) => 20 + (t % 7)));
    expect(selection.backtest).toEqual({ origins: 4, horizon: 14 });
    expect(selection.scores.map(({ model }) => model)).toEqual([...regularNames]);
    expect(selection.winner).toBe(selection.regular);
  });

  it("uses an earlier selection without trying the other models, as long as the rule says the same", () => {
    const weekly = series(140, (t) => 20 + (t % 7));
    const { selection: first, forecast: before } = forecast(weekly);
    const { selection, forecast: after, accuracy } = forecast(weekly, 90, settings, first);
    expect([first.reused, selection.reused]).toEqual([false, true]);
    expect([...after.point]).toEqual([...before.point]);
    expect(accuracy?.mape).toBeCloseTo(first.scores.find(({ model }) => model === first.chosen)?.mape ?? -1, 10);
    const gone = weekly.map((value, t) => (t > 60 ? 0 : value));
    expect(forecast(gone, 90, settings, first).selection.reused).toBe(false);
  });
});
