import type { FittedModel, Series } from "./forecast.ts";
import { minimizeBetween } from "./line-search.ts";

/** Constants that the literature finds useful for intermittent demand lie low (Syntetos and Boylan 2005; Kourentzes 2014). */
const CONSTANT_MIN = 0.01;
const CONSTANT_MAX = 0.3;

/**
 * A flat forecast at the last rate. Demand of single periods scatters around
 * the rate with the same deviation at every distance, so the interval is as
 * wide as the one-step errors were; its lower limit is mostly 0, as it should.
 *
 * @param rates the forecast made after 0, 1, 2, ... observations
 */
export function intermittentModel(series: Series, rates: Float64Array, parameters: Readonly<Record<string, number>>): FittedModel {
  const deviation = series.length < 2 ? (series[0] ?? 0) : Math.sqrt(squaredErrors(series, rates) / (series.length - 1));
  const rate = rates[series.length] ?? 0;
  return {
    points: (horizon) => new Float64Array(horizon).fill(rate),
    deviations: (horizon) => new Float64Array(horizon).fill(deviation),
    parameters,
  };
}

/** The smoothing constant whose rates missed a history by the smallest squared errors. */
export function bestConstant(history: Series, rates: (constant: number) => Float64Array): number {
  return minimizeBetween(CONSTANT_MIN, CONSTANT_MAX, (constant) => squaredErrors(history, rates(constant)));
}

function squaredErrors(series: Series, rates: Float64Array): number {
  let squares = 0;
  for (let t = 1; t < series.length; t += 1) squares += ((series[t] ?? 0) - (rates[t] ?? 0)) ** 2;
  return squares;
}
