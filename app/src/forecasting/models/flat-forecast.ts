import type { FittedModel, Series } from "./forecast.ts";

/** Periods ahead at which the errors of the history are measured a second time. */
const FAR = 28;
/** At most this share of the history lies between the two measurements, so that enough errors are left. */
const SHARE = 4;

/**
 * A model that repeats its last rate. Its interval is as wide as the errors
 * that its rates made in the history, one period ahead and `FAR` periods ahead,
 * with the variance on a straight line through the two: where demand wanders,
 * it grows with every period (Hyndman et al. 2008, table 6.1), where demand
 * keeps its level it does not. It never narrows.
 *
 * @param rates the forecast made after 0, 1, 2, ... observations
 * @param from observations before the first rate that counts
 */
export function flatForecast(series: Series, rates: Float64Array, from: number, parameters: Readonly<Record<string, number>>): FittedModel {
  const rate = rates[series.length] ?? 0;
  const near = errorVariance(series, rates, from, 1) ?? rate * rate;
  const far = Math.min(FAR, Math.floor(series.length / SHARE));
  const growth = far > 1 ? Math.max(((errorVariance(series, rates, from, far) ?? near) - near) / (far - 1), 0) : 0;
  return {
    points: (into) => into.fill(rate),
    deviations: (into) => growingDeviations(into, near, growth),
    parameters,
  };
}

/** Fills `into` with standard deviations whose variance starts at `variance` and grows by the same in every period. */
export function growingDeviations(into: Float64Array, variance: number, growth: number): Float64Array {
  for (let step = 0; step < into.length; step += 1) into[step] = Math.sqrt(variance + step * growth);
  return into;
}

/** Mean squared error of the rates, so many periods ahead; undefined where the history is too short for one. */
function errorVariance(series: Series, rates: Float64Array, from: number, distance: number): number | undefined {
  const count = series.length - distance + 1 - from;
  if (count < 1) return undefined;
  let squares = 0;
  for (let t = from; t < from + count; t += 1) {
    const error = (series[t + distance - 1] ?? 0) - (rates[t] ?? 0);
    squares += error * error;
  }
  return squares / count;
}
