import { croston } from "./croston.ts";
import { exponentialSmoothing } from "./exponential-smoothing.ts";
import { holt } from "./holt.ts";
import { holtWintersMultiplicative } from "./holt-winters-multiplicative.ts";
import { holtWinters } from "./holt-winters.ts";
import type { Model } from "./model.ts";
import { movingAverage } from "./moving-average.ts";
import { sba } from "./sba.ts";
import { seasonalNaive } from "./seasonal-naive.ts";
import { tsb } from "./tsb.ts";

/** Models of demand that has a level in every period. */
export const regularNames = ["exponential-smoothing", "holt", "holt-winters", "holt-winters-multiplicative", "seasonal-naive", "moving-average"] as const;
/** Models of demand with many empty periods. */
export const intermittentNames = ["croston", "sba", "tsb"] as const;
export const modelNames = [...regularNames, ...intermittentNames] as const;

export type RegularName = (typeof regularNames)[number];
export type IntermittentName = (typeof intermittentNames)[number];
export type ModelName = (typeof modelNames)[number];

/** Smoothing constants that are given; those that are not are found for each series (CROSTON_ALPHA, TSB_ALPHA, TSB_BETA). */
export interface GivenConstants {
  readonly crostonAlpha?: number | undefined;
  readonly tsbAlpha?: number | undefined;
  readonly tsbBeta?: number | undefined;
}

/** Every model, for series with this season. */
export function modelsFor(seasonLength: number, given: GivenConstants): Readonly<Record<ModelName, Model<ModelName>>> {
  return {
    "exponential-smoothing": exponentialSmoothing,
    holt,
    "holt-winters": holtWinters(seasonLength),
    "holt-winters-multiplicative": holtWintersMultiplicative(seasonLength),
    "seasonal-naive": seasonalNaive(seasonLength),
    "moving-average": movingAverage(seasonLength),
    croston: croston(given.crostonAlpha),
    sba: sba(given.crostonAlpha),
    tsb: tsb({ alpha: given.tsbAlpha, beta: given.tsbBeta }),
  };
}
