import { type Accuracy, measureAccuracy, naiveError } from "./accuracy.ts";
import { type FittedModel, forecastWith, type Series } from "./models/forecast.ts";

/** Fits a model to a history. */
export type Fit = (history: Series) => FittedModel;

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

/** Fits at each origin, forecasts the test horizon and compares with what happened. */
export function backtest(series: Series, plan: BacktestPlan, seasonLength: number, fit: Fit): Accuracy {
  const { origins, horizon } = plan;
  const first = origins[0] ?? 0;
  const forecasts = new Float64Array(origins.length * horizon);
  origins.forEach((origin, index) => {
    const history = series.subarray(0, origin);
    forecasts.set(forecastWith(fit(history), history, horizon).point, index * horizon);
  });
  return measureAccuracy(series.subarray(first, first + forecasts.length), forecasts, naiveError(series.subarray(0, first), seasonLength));
}
