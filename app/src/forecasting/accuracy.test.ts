import { describe, expect, it } from "@jest/globals";
import { measureAccuracy, naiveErrors } from "./accuracy.ts";
import { backtest, planBacktest } from "./backtest.ts";
import { profileDemand } from "./demand-profile.ts";
import type { Model } from "./models/model.ts";

const of = (...values: number[]) => Float64Array.from(values);
const naive = { absolute: 5, squared: 100 };
const noErrors = { absolute: 0, squared: 0 };

describe("accuracy", () => {
  it("is what the definitions say", () => {
    // Errors +2 and -5.
    expect(measureAccuracy(of(10, 20), of(12, 15), naive)).toEqual({
      mape: 22.5,
      mapeExcluded: 0,
      wape: (100 * 7) / 30,
      mase: 0.7,
      rmsse: Math.sqrt(14.5) / 10,
      mae: 3.5,
      rmse: Math.sqrt(14.5),
      bias: (100 * -3) / 30,
      trackingSignal: 3 / 3.5,
      actualSum: 30,
      errorSum: 7,
    });
  });

  it("leaves periods without demand out of MAPE, and counts them", () => {
    expect(measureAccuracy(of(0, 10, 0), of(5, 5, 5), naive)).toMatchObject({ mape: 50, mapeExcluded: 2, wape: 150 });
  });

  it("has no MAPE, WAPE and bias when nothing was sold, and no MASE and RMSSE when the naive forecast was perfect", () => {
    expect(measureAccuracy(of(0, 0), of(1, 1), noErrors)).toMatchObject({ mape: null, mapeExcluded: 2, wape: null, mase: null, rmsse: null, mae: 1, bias: null, errorSum: 2 });
  });

  it("has no value at all without a period to compare", () => {
    expect(measureAccuracy(of(), of(), naive)).toMatchObject({ mape: null, wape: null, mase: null, rmsse: null, mae: null, rmse: null, bias: null, trackingSignal: null });
  });

  it("signals forecasts that are always too low or too high by the number of periods, and perfect ones by 0", () => {
    expect(measureAccuracy(of(5, 5, 5, 5, 5), of(4, 4, 4, 4, 4), naive).trackingSignal).toBe(5);
    expect(measureAccuracy(of(5, 5, 5, 5, 5), of(7, 7, 7, 7, 7), naive).trackingSignal).toBe(-5);
    expect(measureAccuracy(of(5, 5), of(5, 5), naive).trackingSignal).toBe(0);
  });

  it("compares with the last season, or with the last value where there is no whole season", () => {
    expect(naiveErrors(of(1, 2, 3, 2, 4, 6), 3)).toEqual({ absolute: 2, squared: 14 / 3 });
    expect(naiveErrors(of(1, 3, 2), 7)).toEqual({ absolute: 1.5, squared: 2.5 });
    expect(naiveErrors(of(1), 7)).toEqual(noErrors);
  });
});

describe("a back-test", () => {
  it("has four origins, one horizon apart, up to the end of the series", () => {
    expect(planBacktest(100, 14, 14)).toEqual({ origins: [44, 58, 72, 86], horizon: 14 });
  });

  it("keeps two seasons for the first history where it can", () => {
    expect(planBacktest(40, 14, 14)).toEqual({ origins: [20, 30], horizon: 10 });
  });

  it("is small for a short series and impossible for the shortest", () => {
    expect(planBacktest(8, 14, 14)).toEqual({ origins: [6], horizon: 2 });
    expect(planBacktest(4, 14, 14)).toEqual({ origins: [3], horizon: 1 });
    expect(planBacktest(3, 14, 14)).toBeNull();
    expect(planBacktest(0, 14, 14)).toBeNull();
  });
});

describe("a model in a back-test", () => {
  it("never sees what it is tested on, and its parameters come from the shortest history", () => {
    const estimated: number[] = [];
    const run: number[] = [];
    const spy: Model = {
      name: "spy",
      suits: () => true,
      estimate: (known) => {
        estimated.push(known.length);
        return (history) => {
          run.push(history.length);
          return { points: (into) => into.fill(history.at(-1) ?? 0), deviations: (into) => into.fill(0), parameters: {} };
        };
      },
    };
    const series = Float64Array.from({ length: 100 }, (_, t) => t + 1);
    const { errorSum, mae } = backtest(series, { origins: [44, 58, 72, 86], horizon: 14 }, 7, spy);
    expect(estimated).toEqual([44]);
    expect(run).toEqual([44, 58, 72, 86]);
    // The last value repeated misses a line by 1, 2, ... 14.
    expect([errorSum, mae]).toEqual([4 * 105, 7.5]);
  });
});

describe("a demand profile", () => {
  it("puts series into the classes of Syntetos and Boylan", () => {
    expect(profileDemand(of(10, 11, 9, 10)).demandClass).toBe("smooth");
    expect(profileDemand(of(1, 30, 2, 1, 40)).demandClass).toBe("erratic");
    expect(profileDemand(of(0, 10, 0, 10)).demandClass).toBe("intermittent");
    expect(profileDemand(of(0, 1, 0, 50, 0, 1)).demandClass).toBe("lumpy");
    expect(profileDemand(of(0, 0)).demandClass).toBe("none");
  });

  it("shows CV² over all values and over those with demand", () => {
    expect(profileDemand(of(0, 10, 0, 10))).toEqual({ periods: 4, zeroRatio: 0.5, cvSquared: 1, cvSquaredNonZero: 0, adi: 2, demandClass: "intermittent" });
  });

  it("is defined without any history", () => {
    expect(profileDemand(of())).toEqual({ periods: 0, zeroRatio: 1, cvSquared: null, cvSquaredNonZero: null, adi: null, demandClass: "none" });
  });
});
