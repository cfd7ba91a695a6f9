import { flatForecast } from "./flat-forecast.ts";
import type { FittedModel, Series } from "./forecast.ts";
import { minimizeBetween } from "./line-search.ts";

/** Constants that the literature finds useful for intermittent demand lie low (Syntetos and Boylan 2005; Kourentzes 2014). */
const CONSTANT_MIN = 0.01;
const CONSTANT_MAX = 0.3;
/** Nothing is known before the first observation. */
const FIRST = 1;

/**
 * A flat forecast at the last rate. Demand of single periods scatters widely
 * around it, so the lower limit of the interval is mostly 0, as it should be.
 *
 * @param rates the forecast made after 0, 1, 2, ... observations
 */
export function intermittentModel(series: Series, rates: Float64Array, parameters: Readonly<Record<string, number>>): FittedModel {
  return flatForecast(series, rates, FIRST, parameters);
}

/** The smoothing constant whose rates missed a history by the smallest squared errors. */
export function bestConstant(history: Series, rates: (constant: number) => Float64Array): number {
  return minimizeBetween(CONSTANT_MIN, CONSTANT_MAX, (constant) => squaredErrors(history, rates(constant)));
}

function squaredErrors(series: Series, rates: Float64Array): number {
  let squares = 0;
  for (let t = FIRST; t < series.length; t += 1) {
    const error = (series[t] ?? 0) - (rates[t] ?? 0);
    squares += error * error;
  }
  return squares;
}
