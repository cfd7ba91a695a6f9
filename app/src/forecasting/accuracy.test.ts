import { describe, expect, it } from "@jest/globals";
import { measureAccuracy, naiveError } from "./accuracy.ts";
import { planBacktest } from "./backtest.ts";
import { profileDemand } from "./demand-profile.ts";

const of = (...values: number[]) => Float64Array.from(values);

describe("accuracy", () => {
  it("is what the definitions say", () => {
    expect(measureAccuracy(of(10, 20), of(12, 15), 5)).toEqual({ mape: 22.5, mapeExcluded: 0, wape: (100 * 7) / 30, mase: 0.7, bias: (100 * -3) / 30, actualSum: 30, errorSum: 7 });
  });

  it("leaves periods without demand out of MAPE, and counts them", () => {
    expect(measureAccuracy(of(0, 10, 0), of(5, 5, 5), 5)).toMatchObject({ mape: 50, mapeExcluded: 2, wape: 150 });
  });

  it("has no MAPE, WAPE and bias when nothing was sold, and no MASE when the naive forecast was perfect", () => {
    expect(measureAccuracy(of(0, 0), of(1, 1), 0)).toEqual({ mape: null, mapeExcluded: 2, wape: null, mase: null, bias: null, actualSum: 0, errorSum: 2 });
  });

  it("compares with the last season, or with the last value where there is no whole season", () => {
    expect(naiveError(of(1, 2, 3, 2, 4, 6), 3)).toBe(2);
    expect(naiveError(of(1, 3, 2), 7)).toBe(1.5);
    expect(naiveError(of(1), 7)).toBe(0);
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
