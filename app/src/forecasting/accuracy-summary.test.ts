import { describe, expect, it } from "@jest/globals";
import { accuracyBy, accuracyOf } from "./accuracy-summary.ts";
import type { SummedAccuracy } from "./sql/summed-accuracy.ts";

/** Actual 10 and 20, forecast 12 and 15. */
const small: SummedAccuracy = { category: "shop", model: "holt-winters", items: 1, periods: 2, errorSum: 7, actualSum: 30, differenceSum: -3, judgedItems: 1, judgedActualSum: 30, weightedMapeSum: 30 * 0.225 };
/** Actual 100, forecast 150. */
const large: SummedAccuracy = { category: "shop", model: "croston", items: 1, periods: 1, errorSum: 50, actualSum: 100, differenceSum: 50, judgedItems: 1, judgedActualSum: 100, weightedMapeSum: 100 * 0.5 };
/** Actual 0, 0, 4, forecast 1, 1, 1, which MAPE cannot judge; and actual 0, forecast 2. */
const intermittent: SummedAccuracy = { category: "spares", model: "croston", items: 2, periods: 4, errorSum: 7, actualSum: 4, differenceSum: 1, judgedItems: 0, judgedActualSum: 0, weightedMapeSum: 0 };
/** Actual 0, forecast 2. */
const dead: SummedAccuracy = { category: "spares", model: "croston", items: 1, periods: 1, errorSum: 2, actualSum: 0, differenceSum: 2, judgedItems: 0, judgedActualSum: 0, weightedMapeSum: 0 };

describe("accuracy of a group of items", () => {
  it("weights MAPE by volume over the items that it can judge, and counts all in WAPE and bias", () => {
    expect(accuracyOf("all", [small, large, intermittent])).toEqual({
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
