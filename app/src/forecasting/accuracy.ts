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
  /** Root of the mean squared error in units of the naive forecast's; null when that is 0. */
  readonly rmsse: number | null;
  /** Mean |error|, in units of demand. */
  readonly mae: number | null;
  /** Root of the mean squared error, in units of demand. */
  readonly rmse: number | null;
  /** Σ(forecast - actual) / Σactual in percent: above 0 the forecast was too high. */
  readonly bias: number | null;
  /** Σ(actual - forecast) / MAE: beyond ±TRACKING_SIGNAL_LIMIT the forecast is off to one side. 0 where there is no error at all. */
  readonly trackingSignal: number | null;
  readonly actualSum: number;
  readonly errorSum: number;
}

/** Beyond this, errors no longer look like chance (Brown 1959; the usual limit of four mean absolute deviations). */
export const TRACKING_SIGNAL_LIMIT = 4;

/** What the (seasonal) naive forecast missed in a history: the yardstick of MASE and RMSSE. */
export interface NaiveErrors {
  readonly absolute: number;
  readonly squared: number;
}

/**
 * Compares forecasts with actuals, pair by pair.
 *
 * @param naive errors of the naive forecast in the history (see naiveErrors)
 */
export function measureAccuracy(actual: Series, forecast: Series, naive: NaiveErrors): Accuracy {
  const periods = actual.length;
  let errorSum = 0;
  let squareSum = 0;
  let actualSum = 0;
  let difference = 0;
  let ratioSum = 0;
  let withDemand = 0;
  for (let index = 0; index < periods; index += 1) {
    const value = actual[index] ?? 0;
    const error = (forecast[index] ?? 0) - value;
    errorSum += Math.abs(error);
    squareSum += error * error;
    actualSum += value;
    difference += error;
    if (value > 0) {
      ratioSum += Math.abs(error) / value;
      withDemand += 1;
    }
  }
  const mae = periods === 0 ? null : errorSum / periods;
  const rmse = periods === 0 ? null : Math.sqrt(squareSum / periods);
  return {
    mape: withDemand === 0 ? null : (100 * ratioSum) / withDemand,
    mapeExcluded: periods - withDemand,
    wape: actualSum === 0 ? null : (100 * errorSum) / actualSum,
    mase: mae === null || naive.absolute === 0 ? null : mae / naive.absolute,
    rmsse: rmse === null || naive.squared === 0 ? null : rmse / Math.sqrt(naive.squared),
    mae,
    rmse,
    bias: actualSum === 0 ? null : (100 * difference) / actualSum,
    trackingSignal: mae === null ? null : trackingSignal(-difference, mae),
    actualSum,
    errorSum,
  };
}

/** A mean absolute deviation of 0 means that no error was made, so the signal is 0 as well. */
function trackingSignal(errorTotal: number, meanAbsoluteDeviation: number): number {
  return meanAbsoluteDeviation === 0 ? 0 : errorTotal / meanAbsoluteDeviation;
}

/**
 * Mean |y(t) - y(t-m)| and its square: the error of repeating the last season,
 * or the last value where there is not a whole season before it (Hyndman and
 * Koehler 2006).
 */
export function naiveErrors(series: Series, seasonLength: number): NaiveErrors {
  const lag = series.length > seasonLength ? seasonLength : 1;
  if (series.length <= lag) return { absolute: 0, squared: 0 };
  let absolute = 0;
  let squared = 0;
  for (let t = lag; t < series.length; t += 1) {
    const error = (series[t] ?? 0) - (series[t - lag] ?? 0);
    absolute += Math.abs(error);
    squared += error * error;
  }
  const count = series.length - lag;
  return { absolute: absolute / count, squared: squared / count };
}
