import type { DemandPeriod } from "../forecasting/demand-series.ts";
import type { Series } from "../forecasting/models/forecast.ts";

/** How much is asked for per day. */
export interface DemandRate {
  readonly mean: number;
  /** Standard deviation of one day's demand; null when there are too few periods to tell. */
  readonly standardDeviation: number | null;
  /** Periods that it was measured over. */
  readonly periods: number;
}

/** Newer history says more about the next lead time: half a year of days, or two years of months. */
const WINDOW: Readonly<Record<DemandPeriod, number>> = { day: 180, month: 24 };
/** Fewer periods than this say nothing about how much demand varies. */
export const LEAST_PERIODS = 8;
/** The mean length of a month (365.25 / 12). */
export const DAYS_PER_MONTH = 30.4375;

/** The newest part of a series, from which replenishment is computed. */
export function recentDemand(series: Series, period: DemandPeriod): Series {
  return series.subarray(Math.max(0, series.length - WINDOW[period]));
}

/**
 * Mean and sample standard deviation of a day's demand. A month is taken as the
 * sum of independent days, so that mean and variance both shrink by its length.
 */
export function demandRate(recent: Series, period: DemandPeriod): DemandRate {
  const days = period === "day" ? 1 : DAYS_PER_MONTH;
  const periods = recent.length;
  if (periods === 0) return { mean: 0, standardDeviation: null, periods };
  const mean = recent.reduce((sum, value) => sum + value, 0) / periods;
  const squares = recent.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean: mean / days, standardDeviation: periods < LEAST_PERIODS ? null : Math.sqrt(squares / (periods - 1) / days), periods };
}
