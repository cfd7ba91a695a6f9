import { describe, expect, it } from "@jest/globals";
import { fitCroston } from "./croston.ts";
import { fitExponentialSmoothing } from "./exponential-smoothing.ts";
import { forecastWith } from "./forecast.ts";
import { fitHoltWinters } from "./holt-winters.ts";
import { minimize } from "./nelder-mead.ts";
import { fitTsb } from "./tsb.ts";

const rate = (model: ReturnType<typeof fitCroston>) => model.points(1)[0];

describe("Croston's method", () => {
  it("gives the rate of a worked example", () => {
    // Size 6 after an interval of 3, then 12 after 2: z = 6 + 0.1·6 = 6.6, p = 3 - 0.1·1 = 2.9.
    expect(rate(fitCroston(Float64Array.of(0, 0, 6, 0, 12), 0.1))).toBeCloseTo(6.6 / 2.9, 12);
  });

  it("does not change in periods without demand", () => {
    expect(rate(fitCroston(Float64Array.of(0, 0, 6, 0, 12, 0, 0, 0, 0), 0.1))).toBeCloseTo(6.6 / 2.9, 12);
  });

  it("is 0 without demand", () => {
    expect(rate(fitCroston(new Float64Array(10), 0.1))).toBe(0);
  });
});

describe("the method of Teunter, Syntetos and Babai", () => {
  it("gives the rate of a worked example", () => {
    // Probability 1/2 and size 6 at the first demand; an empty period: 0.5·0.9; then 12: 0.45 + 0.1·0.55, size 6.6.
    expect(rate(fitTsb(Float64Array.of(0, 6, 0, 12), 0.1, 0.1))).toBeCloseTo((0.45 + 0.055) * 6.6, 12);
  });

  it("fades away when demand has stopped", () => {
    const sold = Float64Array.from({ length: 50 }, () => 10);
    const stopped = Float64Array.from({ length: 100 }, (_, t) => (t < 50 ? 10 : 0));
    expect(rate(fitTsb(sold, 0.1, 0.1))).toBeCloseTo(10, 6);
    expect(rate(fitTsb(stopped, 0.1, 0.1))).toBeLessThan(0.1);
  });
});

describe("exponential smoothing", () => {
  it("of a constant is the constant, without doubt", () => {
    const { point, lower95, upper95 } = forecastWith(fitExponentialSmoothing(new Float64Array(30).fill(7)), new Float64Array(30).fill(7), 5);
    expect([...point, ...lower95, ...upper95]).toEqual(Array<number>(15).fill(7));
  });

  it("jumps to a new level", () => {
    const [value] = fitExponentialSmoothing(Float64Array.from({ length: 60 }, (_, t) => (t < 30 ? 10 : 50))).points(1);
    expect(value).toBeGreaterThan(45);
  });

  it("is less sure the farther it looks", () => {
    const deviations = fitExponentialSmoothing(Float64Array.from({ length: 60 }, (_, t) => 10 + Math.sin(t * t))).deviations(30);
    expect(deviations[29]).toBeGreaterThan(deviations[0] ?? Infinity);
  });

  it("needs one observation", () => {
    expect(fitExponentialSmoothing(Float64Array.of(5)).points(1)[0]).toBe(5);
  });
});

describe("Holt-Winters", () => {
  const wave = (length: number) => Float64Array.from({ length }, (_, t) => 100 + 0.5 * t + 30 * Math.sin((2 * Math.PI * t) / 12));

  it("continues a seasonal series with a trend", () => {
    const points = fitHoltWinters(wave(96), 12).points(12);
    const actual = wave(108).subarray(96);
    points.forEach((value, step) => expect(Math.abs(value - (actual[step] ?? 0))).toBeLessThan(6));
  });

  it("keeps its interval within bounds at a far horizon, because the trend is damped", () => {
    const noisy = wave(96).map((value, t) => value + 10 * Math.sin(t * t));
    const deviations = fitHoltWinters(noisy, 12).deviations(90);
    expect(deviations[89]).toBeLessThan(6 * (deviations[0] ?? 0));
    deviations.forEach((value, step) => expect(value).toBeGreaterThanOrEqual(deviations[step - 1] ?? 0));
  });

  it("works on the shortest history that it is used for, two seasons", () => {
    expect(fitHoltWinters(wave(24), 12).points(12).every(Number.isFinite)).toBe(true);
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
});
