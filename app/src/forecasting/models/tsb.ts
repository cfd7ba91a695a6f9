import type { FittedModel, Series } from "./forecast.ts";
import { intermittentModel } from "./intermittent-model.ts";

/**
 * The method of Teunter, Syntetos and Babai (2011): like Croston's, but it
 * smooths the probability of demand in every period, so that the forecast of an
 * item that has stopped selling fades away:
 *
 *     probability ← probability + β·([y > 0] - probability)     every period
 *     size        ← size + α·(y - size)                         when y > 0
 *     forecast = probability · size
 *
 * Both start at the values of the first demand. The forecast is flat.
 */
export function fitTsb(series: Series, alpha: number, beta: number): FittedModel {
  let size = 0;
  let probability = 0;
  const rates = new Float64Array(series.length + 1);
  for (let t = 0; t < series.length; t += 1) {
    const demand = series[t] ?? 0;
    if (size === 0 && demand > 0) {
      size = demand;
      probability = 1 / (t + 1);
    } else {
      probability += beta * ((demand > 0 ? 1 : 0) - probability);
      if (demand > 0) size += alpha * (demand - size);
    }
    rates[t + 1] = probability * size;
  }
  return intermittentModel(series, rates, { alpha, beta });
}
