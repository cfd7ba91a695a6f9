import { describe, expect, it } from "@jest/globals";
import { accuracyBy, accuracyOf } from "./accuracy-summary.ts";
import type { ComparedSeries } from "./sql/compare-forecasts.ts";

/** Actual 10 and 20, forecast 12 and 15. */
const small: ComparedSeries = { category: "shop", model: "holt-winters", judgedByMase: false, periods: 2, errorSum: 7, actualSum: 30, differenceSum: -3, periodsWithDemand: 2, ratioSum: 0.2 + 0.25 };
/** Actual 100, forecast 150. */
const large: ComparedSeries = { category: "shop", model: "croston", judgedByMase: false, periods: 1, errorSum: 50, actualSum: 100, differenceSum: 50, periodsWithDemand: 1, ratioSum: 0.5 };
/** Actual 0, 0, 4, forecast 1, 1, 1. */
const intermittent: ComparedSeries = { category: "spares", model: "croston", judgedByMase: true, periods: 3, errorSum: 5, actualSum: 4, differenceSum: -1, periodsWithDemand: 1, ratioSum: 0.75 };
/** Actual 0, forecast 2. */
const dead: ComparedSeries = { category: "spares", model: "croston", judgedByMase: false, periods: 1, errorSum: 2, actualSum: 0, differenceSum: 2, periodsWithDemand: 0, ratioSum: 0 };

describe("accuracy of a group of items", () => {
  it("weights MAPE by volume over the items that it can judge, and counts all in WAPE and bias", () => {
    expect(accuracyOf("all", [small, large, intermittent, dead])).toEqual({
      group: "all",
      items: 4,
      periods: 7,
      mape: expect.closeTo((22.5 * 30 + 50 * 100) / 130, 10),
      mapeItems: 2,
      wape: expect.closeTo((100 * 64) / 134, 10),
      bias: expect.closeTo((100 * 48) / 134, 10),
    });
  });

  it("has no value where nothing was asked for", () => {
    expect(accuracyOf("dead", [dead])).toMatchObject({ mape: null, mapeItems: 0, wape: null, bias: null });
    expect(accuracyOf("all", [])).toEqual({ group: "all", items: 0, periods: 0, mape: null, mapeItems: 0, wape: null, bias: null });
  });

  it("is given for each model or category in the order of their names", () => {
    expect(accuracyBy(({ model }) => model, [small, large, dead]).map(({ group, items }) => [group, items])).toEqual([["croston", 2], ["holt-winters", 1]]);
    expect(accuracyBy(({ category }) => category, [intermittent, small])).toEqual([accuracyOf("shop", [small]), accuracyOf("spares", [intermittent])]);
  });
});
