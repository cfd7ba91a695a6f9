import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { gateSchema } from "../rollout-spec.ts";
import { mannWhitney, superiority } from "./mann-whitney.ts";
import { differenceOf, pairedTest, relativeDifference } from "./paired-test.ts";
import { type Comparison, LEAST_SAMPLES, leastEffect, samplesNeeded } from "./sample-size.ts";
import { twoProportions } from "./two-proportions.ts";

const comparison = (changes: object): Comparison => gateSchema.parse({ name: "gate", ...changes }) as Comparison;
const counts = (values: readonly number[], classes: number): number[] => Array.from({ length: classes }, (_, one) => values.filter((value) => value === one).length);

describe("the paired test", () => {
  const exposed = [12, 9, 15, 11, 20, 8, 14, 10];
  const control = [10, 10, 12, 9, 18, 8, 11, 11];
  it("gives what SciPy gives: ttest_1samp of the relative differences, alternative greater", () => {
    const { statistic, pValue, effect } = pairedTest(exposed, control);
    expect(effect).toBeCloseTo(0.0936002886002886, 12);
    expect(statistic).toBeCloseTo(1.8641435842619416, 10);
    expect(pValue).toBeCloseTo(0.05228667119678806, 10);
  });

  it("finds nothing between two variants that are the same", () => {
    expect(pairedTest(exposed, exposed)).toMatchObject({ pValue: 1, effect: 0 });
  });

  it("is sure when every item is worse by the same share, and says by how much", () => {
    expect(pairedTest(exposed.map((error) => error * 2), exposed)).toMatchObject({ pValue: 0, effect: differenceOf(1) });
  });

  it("counts an item that both hit exactly as a tie, and one that only one misses as the largest difference", () => {
    expect([relativeDifference(0, 0), relativeDifference(3, 0), relativeDifference(0, 3)]).toEqual([0, 2, -2]);
  });
});

describe("Mann and Whitney's test of counts by class", () => {
  const exposed = [0, 1, 1, 2, 2, 2, 3, 3, 4, 4];
  const control = [0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 1, 0];
  it("gives what SciPy gives: mannwhitneyu, alternative greater, asymptotic, without continuity correction", () => {
    const { statistic, pValue, effect } = mannWhitney(counts(exposed, 5), counts(control, 5));
    expect(effect).toBeCloseTo(85 / (exposed.length * control.length), 12);
    expect(pValue).toBeCloseTo(0.04565835843901965, 10);
    expect(statistic).toBeGreaterThan(0);
  });

  it("is not moved by classes that nobody is in, and turns round when the sides are exchanged", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 2, maxLength: 12 }), (classes) => {
        const sides = (at: 0 | 1) => classes.map((pair) => pair[at]);
        fc.pre(sides(0).some(Boolean) && sides(1).some(Boolean));
        const there = mannWhitney(sides(0), sides(1));
        expect(mannWhitney([0, ...sides(0), 0], [0, ...sides(1), 0])).toEqual(there);
        expect(there.effect + mannWhitney(sides(1), sides(0)).effect).toBeCloseTo(1, 12);
      }),
    );
  });

  it("finds nothing when all values are in one class", () => {
    expect(mannWhitney([60, 0], [900, 0])).toMatchObject({ pValue: 1, effect: 0.5 });
  });

  it("knows how likely a value that is larger by a fifth exceeds another one", () => {
    expect(superiority(0.2, 0.5)).toBeCloseTo(0.6017354283132076, 10);
  });
});

describe("the test of two proportions", () => {
  it("gives what statsmodels gives: proportions_ztest, alternative larger", () => {
    const { statistic, pValue, effect } = twoProportions({ bad: 18, all: 400 }, { bad: 61, all: 3_000 });
    expect(effect).toBeCloseTo(18 / 400 - 61 / 3_000, 12);
    expect(statistic).toBeCloseTo(3.076044139901253, 10);
    expect(pValue).toBeCloseTo(0.001048833946295398, 10);
  });

  it("finds nothing where nothing was bad", () => {
    expect(twoProportions({ bad: 0, all: 80 }, { bad: 0, all: 900 })).toMatchObject({ pValue: 1, effect: 0 });
  });
});

describe("the number of samples", () => {
  it("is what the power calculation gives, and never below 50", () => {
    expect(samplesNeeded(comparison({ kind: "paired-error", spread: 0.8 }), 0.0125)).toBe(243);
    expect(samplesNeeded(comparison({ kind: "paired-error", spread: 0.1 }), 0.0125)).toBe(LEAST_SAMPLES);
  });

  it.each([
    ["a smaller difference", { worseBy: 10 }],
    ["more power", { power: 99 }],
  ])("grows with %s, for every kind of comparison", (_what, change) => {
    for (const base of [{ kind: "paired-error" }, { kind: "distribution", exposed: "up", control: "up" }, { kind: "rate", baseline: 0.01, exposed: { bad: "up", all: "up" }, control: { bad: "up", all: "up" } }]) {
      expect(samplesNeeded(comparison({ ...base, ...change }), 0.0125)).toBeGreaterThan(samplesNeeded(comparison(base), 0.0125));
    }
  });

  it("goes with a bound of half the difference that must be seen", () => {
    expect(leastEffect(comparison({ kind: "paired-error" }))).toBeCloseTo(differenceOf(0.2) / 2, 12);
    expect(leastEffect(comparison({ kind: "rate", baseline: 0.01, worseBy: 100, exposed: { bad: "up", all: "up" }, control: { bad: "up", all: "up" } }))).toBeCloseTo(0.005, 12);
  });
});
