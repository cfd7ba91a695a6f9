import { type Accuracy, measureAccuracy, naiveErrors } from "./accuracy.ts";
import { forecastWith, type Series } from "./models/forecast.ts";
import type { Model } from "./models/model.ts";

/** From which points of the history which number of periods is forecast. */
export interface BacktestPlan {
  /** Lengths of the histories that the models may see, shortest first. */
  readonly origins: readonly number[];
  readonly horizon: number;
}

/** At most this many origins, one test horizon apart. */
const ORIGINS = 4;
/** A test horizon is at most this share of the history. */
const SHARE = 4;
const SHORTEST_HISTORY = 3;

/**
 * Plans a rolling-origin back-test (Tashman 2000): up to four origins, so that
 * the tested stretches follow each other up to the end of the series.
 *
 * @param longestHorizon periods that one origin is tested on; less for short series
 * @param wantedHistory periods that the shortest history should have, where the series is long enough
 * @returns null when the series is too short for any test
 */
export function planBacktest(periods: number, longestHorizon: number, wantedHistory: number): BacktestPlan | null {
  const horizon = Math.min(longestHorizon, Math.floor(periods / SHARE));
  if (horizon < 1) return null;
  const shortest = Math.max(SHORTEST_HISTORY, Math.min(wantedHistory, periods - horizon));
  const count = Math.min(ORIGINS, Math.floor((periods - shortest) / horizon));
  if (count < 1) return null;
  return { origins: Array.from({ length: count }, (_, index) => periods - (count - index) * horizon), horizon };
}

/** The stretch of the series that no model may see before it is tested on it. */
export function shortestHistory(series: Series, plan: BacktestPlan): Series {
  return series.subarray(0, plan.origins[0]);
}

/**
 * Estimates the parameters on the shortest history, runs the model up to each
 * origin, forecasts the test horizon and compares with what happened. The
 * parameters never come from what is tested; estimating them again at each
 * origin would cost four times as much and change little (Tashman 2000, 3.3).
 */
export function backtest(series: Series, plan: BacktestPlan, seasonLength: number, model: Model): Accuracy {
  const { origins, horizon } = plan;
  const known = shortestHistory(series, plan);
  const fit = model.estimate(known);
  const forecasts = new Float64Array(origins.length * horizon);
  origins.forEach((origin, index) => {
    const history = series.subarray(0, origin);
    forecasts.set(forecastWith(fit(history), history, horizon).point, index * horizon);
  });
  return measureAccuracy(series.subarray(known.length, known.length + forecasts.length), forecasts, naiveErrors(known, seasonLength));
}
