import type { Series } from "./models/forecast.ts";

/** How far a forecast was from what happened. A measure without a value is null. */
export interface Accuracy {
  /** Mean of |error| / actual in percent, over the periods with demand. */
  readonly mape: number | null;
  /** Periods without demand, over which MAPE has no value. */
  readonly mapeExcluded: number;
  /** Σ|error| / Σactual in percent; null when nothing was sold. */
  readonly wape: number | null;
  /** Mean |error| in units of what the (seasonal) naive forecast missed in the history; null when that is 0. */
  readonly mase: number | null;
  /** Σ(forecast - actual) / Σactual in percent: above 0 the forecast was too high. */
  readonly bias: number | null;
  readonly actualSum: number;
  readonly errorSum: number;
}

/**
 * Compares forecasts with actuals, pair by pair.
 *
 * @param naiveError mean |error| of the naive forecast in the history (see naiveError)
 */
export function measureAccuracy(actual: Series, forecast: Series, naiveError: number): Accuracy {
  let errorSum = 0;
  let actualSum = 0;
  let difference = 0;
  let ratioSum = 0;
  let withDemand = 0;
  for (let index = 0; index < actual.length; index += 1) {
    const value = actual[index] ?? 0;
    const error = (forecast[index] ?? 0) - value;
    errorSum += Math.abs(error);
    actualSum += value;
    difference += error;
    if (value > 0) {
      ratioSum += Math.abs(error) / value;
      withDemand += 1;
    }
  }
  return {
    mape: withDemand === 0 ? null : (100 * ratioSum) / withDemand,
    mapeExcluded: actual.length - withDemand,
    wape: actualSum === 0 ? null : (100 * errorSum) / actualSum,
    mase: naiveError === 0 || actual.length === 0 ? null : errorSum / actual.length / naiveError,
    bias: actualSum === 0 ? null : (100 * difference) / actualSum,
    actualSum,
    errorSum,
  };
}

/**
 * Mean |y(t) - y(t-m)|: the error of repeating the last season, or the last
 * value where there is not a whole season before it (Hyndman and Koehler 2006).
 */
export function naiveError(series: Series, seasonLength: number): number {
  const lag = series.length > seasonLength ? seasonLength : 1;
  if (series.length <= lag) return 0;
  let sum = 0;
  for (let t = lag; t < series.length; t += 1) sum += Math.abs((series[t] ?? 0) - (series[t - lag] ?? 0));
  return sum / (series.length - lag);
}
