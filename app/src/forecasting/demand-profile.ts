import type { Series } from "./models/forecast.ts";

/** Classes of Syntetos, Boylan and Croston (2005); `none` is a series without demand. */
export type DemandClass = "smooth" | "erratic" | "intermittent" | "lumpy" | "none";

/** The measures of a series on which the choice of a model rests. */
export interface DemandProfile {
  readonly periods: number;
  /** Share of periods without demand. */
  readonly zeroRatio: number;
  /** Squared coefficient of variation of all values; null without demand. */
  readonly cvSquared: number | null;
  /** The same over the periods with demand. */
  readonly cvSquaredNonZero: number | null;
  /** Average demand interval: periods per period with demand. */
  readonly adi: number | null;
  readonly demandClass: DemandClass;
}

/** Borders of the Syntetos-Boylan classes. */
const ADI_BORDER = 1.32;
const CV_SQUARED_BORDER = 0.49;

/** Measures a series; defined for every series, empty and all-zero ones included. */
export function profileDemand(series: Series): DemandProfile {
  const demands = series.filter((value) => value > 0);
  const periods = series.length;
  const zeroRatio = periods === 0 ? 1 : 1 - demands.length / periods;
  const cvSquared = squaredVariation(series);
  const cvSquaredNonZero = squaredVariation(demands);
  const adi = demands.length === 0 ? null : periods / demands.length;
  return { periods, zeroRatio, cvSquared, cvSquaredNonZero, adi, demandClass: classify(adi, cvSquaredNonZero) };
}

function classify(adi: number | null, cvSquaredNonZero: number | null): DemandClass {
  if (adi === null || cvSquaredNonZero === null) return "none";
  const often = adi < ADI_BORDER;
  const even = cvSquaredNonZero < CV_SQUARED_BORDER;
  if (often) return even ? "smooth" : "erratic";
  return even ? "intermittent" : "lumpy";
}

function squaredVariation(values: Series): number | null {
  let sum = 0;
  for (const value of values) sum += value;
  if (sum === 0) return null;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / values.length / (mean * mean);
}
