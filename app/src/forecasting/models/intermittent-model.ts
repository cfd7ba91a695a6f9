import type { FittedModel, Series } from "./forecast.ts";

/**
 * A flat forecast at the last rate. Demand of single periods scatters around
 * the rate with the same deviation at every distance, so the interval is as
 * wide as the one-step errors were; its lower limit is mostly 0, as it should.
 *
 * @param rates the forecast made after 0, 1, 2, ... observations
 */
export function intermittentModel(series: Series, rates: Float64Array, parameters: Readonly<Record<string, number>>): FittedModel {
  let squaredErrors = 0;
  for (let t = 1; t < series.length; t += 1) squaredErrors += ((series[t] ?? 0) - (rates[t] ?? 0)) ** 2;
  const deviation = series.length < 2 ? (series[0] ?? 0) : Math.sqrt(squaredErrors / (series.length - 1));
  const rate = rates[series.length] ?? 0;
  return {
    points: (horizon) => new Float64Array(horizon).fill(rate),
    deviations: (horizon) => new Float64Array(horizon).fill(deviation),
    parameters,
  };
}
