import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { seededRandom } from "../../../sample/random.ts";
import { croston } from "./croston.ts";
import { exponentialSmoothing } from "./exponential-smoothing.ts";
import { flatForecast } from "./flat-forecast.ts";
import { EXPLOSION_LIMIT, type FittedModel, forecastWith, maximum, type Series } from "./forecast.ts";
import { holt } from "./holt.ts";
import { holtWintersMultiplicative } from "./holt-winters-multiplicative.ts";
import { holtWinters } from "./holt-winters.ts";
import { minimizeBetween } from "./line-search.ts";
import type { Model } from "./model.ts";
import { modelNames, modelsFor } from "./models.ts";
import { movingAverage } from "./moving-average.ts";
import { minimize } from "./nelder-mead.ts";
import { sba } from "./sba.ts";
import { seasonalNaive } from "./seasonal-naive.ts";
import { tsb } from "./tsb.ts";

const fitted = (model: Model, series: Series) => model.estimate(series)(series);
const rate = (model: FittedModel) => model.points(new Float64Array(1))[0];

describe("Croston's method", () => {
  it("gives the rate of a worked example", () => {
    // Size 6 after an interval of 3, then 12 after 2: z = 6 + 0.1·6 = 6.6, p = 3 - 0.1·1 = 2.9.
    expect(rate(fitted(croston(0.1), Float64Array.of(0, 0, 6, 0, 12)))).toBeCloseTo(6.6 / 2.9, 12);
  });

  it("does not change in periods without demand", () => {
    expect(rate(fitted(croston(0.1), Float64Array.of(0, 0, 6, 0, 12, 0, 0, 0, 0)))).toBeCloseTo(6.6 / 2.9, 12);
  });

  it("is 0 without demand", () => {
    expect(rate(fitted(croston(0.1), new Float64Array(10)))).toBe(0);
  });
});

describe("the approximation of Syntetos and Boylan", () => {
  it("is Croston's rate less half the smoothing constant of it", () => {
    expect(rate(fitted(sba(0.1), Float64Array.of(0, 0, 6, 0, 12)))).toBeCloseTo((0.95 * 6.6) / 2.9, 12);
  });
});

describe("a smoothing constant that is not given", () => {
  it("is the one with the smallest squared errors in the history", () => {
    const random = seededRandom(3);
    const series = Float64Array.from({ length: 300 }, () => (random.next() < 0.3 ? random.gamma(10, 4) : 0));
    const best = fitted(croston(), series).parameters["alpha"] ?? 0;
    const squares = (alpha: number) => fitted(croston(alpha), series).deviations(new Float64Array(1))[0] ?? 0;
    for (const other of [0.01, 0.05, 0.1, 0.2, 0.3]) expect(squares(best)).toBeLessThanOrEqual(squares(other) + 1e-9);
  });
});

describe("the method of Teunter, Syntetos and Babai", () => {
  it("gives the rate of a worked example", () => {
    // Probability 1/2 and size 6 at the first demand; an empty period: 0.5·0.9; then 12: 0.45 + 0.1·0.55, size 6.6.
    expect(rate(fitted(tsb({ alpha: 0.1, beta: 0.1 }), Float64Array.of(0, 6, 0, 12)))).toBeCloseTo((0.45 + 0.055) * 6.6, 12);
  });

  it("fades away when demand has stopped", () => {
    const sold = Float64Array.from({ length: 50 }, () => 10);
    const stopped = Float64Array.from({ length: 100 }, (_, t) => (t < 50 ? 10 : 0));
    expect(rate(fitted(tsb({ alpha: 0.1, beta: 0.1 }), sold))).toBeCloseTo(10, 6);
    expect(rate(fitted(tsb({ alpha: 0.1, beta: 0.1 }), stopped))).toBeLessThan(0.1);
  });
});

describe("exponential smoothing", () => {
  it("of a constant is the constant, without doubt", () => {
    const { point, lower95, upper95 } = forecastWith(fitted(exponentialSmoothing, new Float64Array(30).fill(7)), new Float64Array(30).fill(7), 5);
    expect([...point, ...lower95, ...upper95]).toEqual(Array<number>(15).fill(7));
  });

  it("jumps to a new level", () => {
    const [value] = fitted(exponentialSmoothing, Float64Array.from({ length: 60 }, (_, t) => (t < 30 ? 10 : 50))).points(new Float64Array(1));
    expect(value).toBeGreaterThan(45);
  });

  it("is less sure the farther it looks", () => {
    const deviations = fitted(exponentialSmoothing, Float64Array.from({ length: 60 }, (_, t) => 10 + Math.sin(t * t))).deviations(new Float64Array(30));
    expect(deviations[29]).toBeGreaterThan(deviations[0] ?? Infinity);
  });

  it("needs one observation", () => {
    expect(fitted(exponentialSmoothing, Float64Array.of(5)).points(new Float64Array(1))[0]).toBe(5);
  });
});

describe("Holt-Winters", () => {
  const wave = (length: number) => Float64Array.from({ length }, (_, t) => 100 + 0.5 * t + 30 * Math.sin((2 * Math.PI * t) / 12));

  it("continues a seasonal series with a trend", () => {
    const points = fitted(holtWinters(12), wave(96)).points(new Float64Array(12));
    const actual = wave(108).subarray(96);
    points.forEach((value, step) => expect(Math.abs(value - (actual[step] ?? 0))).toBeLessThan(6));
  });

  it("keeps its interval within bounds at a far horizon, because the trend is damped", () => {
    const noisy = wave(96).map((value, t) => value + 10 * Math.sin(t * t));
    const deviations = fitted(holtWinters(12), noisy).deviations(new Float64Array(90));
    expect(deviations[89]).toBeLessThan(6 * (deviations[0] ?? 0));
    deviations.forEach((value, step) => expect(value).toBeGreaterThanOrEqual(deviations[step - 1] ?? 0));
  });

  it("works on the shortest history that it is used for, two seasons", () => {
    expect(fitted(holtWinters(12), wave(24)).points(new Float64Array(12)).every(Number.isFinite)).toBe(true);
  });
});

describe("Holt-Winters with a rhythm that grows with the level", () => {
  const growing = (length: number) => Float64Array.from({ length }, (_, t) => (100 + t) * (1 + 0.4 * Math.sin((2 * Math.PI * t) / 12)));

  it("is continued better by the multiplicative form than by the additive one", () => {
    const actual = growing(132).subarray(120);
    const missed = (model: Model) => fitted(model, growing(120)).points(new Float64Array(12)).reduce((sum, value, step) => sum + Math.abs(value - (actual[step] ?? 0)), 0);
    expect(missed(holtWintersMultiplicative(12))).toBeLessThan(missed(holtWinters(12)));
  });

  it("is not for histories with a period without demand", () => {
    expect(holtWintersMultiplicative(12).suits(growing(48).map((value, t) => (t === 20 ? 0 : value)))).toBe(false);
  });
});

describe("Holt's method", () => {
  it("follows a line and bends it", () => {
    const points = fitted(holt, Float64Array.from({ length: 60 }, (_, t) => 10 + 2 * t)).points(new Float64Array(60));
    expect(points[0]).toBeCloseTo(130, 0);
    expect(points[59]).toBeGreaterThan(points[0] ?? Infinity);
    expect(points[59]).toBeLessThan(10 + 2 * 119);
  });
});

describe("the seasonal naive forecast", () => {
  it("repeats the last season, less surely with each one", () => {
    const model = fitted(seasonalNaive(3), Float64Array.of(1, 2, 3, 2, 4, 6));
    expect([...model.points(new Float64Array(5))]).toEqual([2, 4, 6, 2, 4]);
    const [first = 0, , , fourth] = model.deviations(new Float64Array(4));
    expect(first).toBeCloseTo(Math.sqrt(14 / 3), 12);
    expect(fourth).toBeCloseTo(first * Math.SQRT2, 12);
  });
});

describe("the moving average", () => {
  it("is the mean of whole seasons, of the window that missed least", () => {
    const weekly = Float64Array.from({ length: 70 }, (_, t) => 10 + (t % 7));
    expect(rate(fitted(movingAverage(7), weekly))).toBeCloseTo(13, 12);
    const shifted = weekly.map((value, t) => value + (t >= 49 ? 100 : 0));
    expect(fitted(movingAverage(7), shifted)).toMatchObject({ parameters: { window: 7 } });
  });
});

describe("the interval of a flat forecast", () => {
  it("widens with the distance where demand wanders, and does not where it keeps its level", () => {
    const random = seededRandom(11);
    let level = 500;
    const wandering = Float64Array.from({ length: 300 }, () => (level += 4 * random.normal()));
    const steady = Float64Array.from({ length: 300 }, () => 500 + 4 * random.normal());
    const widening = (model: Model, series: Series) => {
      const deviations = fitted(model, series).deviations(new Float64Array(28));
      return (deviations[27] ?? 0) / (deviations[0] ?? 0);
    };
    for (const model of [movingAverage(7), croston(), sba(), tsb()]) {
      expect(widening(model, wandering)).toBeGreaterThan(1.3);
      expect(widening(model, steady)).toBeLessThan(1.1);
    }
  });

  it("is as wide as the errors were, one period ahead and farther", () => {
    // The rates 1, 1, 1, ... miss 2, 3, 4, ... by 1, 2, 3, ...; 2 periods ahead by 2, 3, 4, ...
    const series = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const [near = 0, far = 0] = flatForecast(series, new Float64Array(9).fill(1), 1, {}).deviations(new Float64Array(2));
    expect(near).toBeCloseTo(Math.sqrt((1 + 4 + 9 + 16 + 25 + 36 + 49) / 7), 12);
    expect(far).toBeCloseTo(Math.sqrt((4 + 9 + 16 + 25 + 36 + 49) / 6), 12);
  });
});

/** Demand of every kind: none, constant, sparse, with spikes and gaps, exploding. */
const anyDemand = fc.oneof(
  fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 90 }),
  fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 1e6, noNaN: true }) }), { maxLength: 120 }),
  fc.tuple(fc.nat(120), fc.double({ min: 0, max: 1e12, noNaN: true })).map(([length, value]) => Array<number>(length).fill(value)),
  fc.tuple(fc.nat(60), fc.nat(60)).map(([before, after]) => [...Array<number>(before).fill(1), 1e12, ...Array<number>(after).fill(1)]),
  fc.nat(120).map((length) => Array.from({ length }, (_, t) => Math.exp(t / 4))),
);

describe.each(modelNames)("%s", (name) => {
  it("is finite, never negative, never explosive, and its intervals enclose it, for every history that suits it", () => {
    fc.assert(
      fc.property(anyDemand, fc.constantFrom(7, 12), fc.integer({ min: 1, max: 100 }), (demand, seasonLength, horizon) => {
        const history = Float64Array.from(demand);
        const model = modelsFor(seasonLength, {})[name];
        if (!model.suits(history)) return;
        const ceiling = EXPLOSION_LIMIT * maximum(history);
        const { point, lower80, upper80, lower95, upper95 } = forecastWith(fitted(model, history), history, horizon);
        for (let step = 0; step < horizon; step += 1) {
          const rising = [0, lower95[step], lower80[step], point[step], upper80[step], upper95[step], ceiling] as number[];
          expect(rising.every(Number.isFinite)).toBe(true);
          expect([...rising].sort((a, b) => a - b)).toEqual(rising);
        }
      }),
      { numRuns: 100, seed: 20240702 },
    );
  });
});

describe("the search for parameters", () => {
  it("finds the minimum of Rosenbrock's valley", () => {
    const [x = 0, y = 0] = minimize(([a = 0, b = 0]) => (1 - a) ** 2 + 100 * (b - a * a) ** 2, [-1.2, 1], { step: 0.5, iterations: 400, tolerance: 1e-12 });
    expect(x).toBeCloseTo(1, 3);
    expect(y).toBeCloseTo(1, 3);
  });

  it("avoids places where the function has no value", () => {
    const [x = 0] = minimize(([a = 0]) => (a < 0 ? Number.NaN : (a - 2) ** 2), [0.1], { step: 0.5, iterations: 100 });
    expect(x).toBeCloseTo(2, 2);
  });

  it("finds the deeper of two valleys of a function of one variable", () => {
    expect(minimizeBetween(0, 1, (x) => Math.min((x - 0.2) ** 2 + 0.1, (x - 0.83) ** 2))).toBeCloseTo(0.83, 4);
    expect(minimizeBetween(0.01, 0.99, (x) => x)).toBeCloseTo(0.01, 4);
  });
});
