import type { Series } from "./forecast.ts";
import { bestConstant, intermittentModel } from "./intermittent-model.ts";
import type { Model } from "./model.ts";

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
 *
 * @param given constants; one that is missing is found: β first, then α
 */
export function tsb(given: { readonly alpha?: number | undefined; readonly beta?: number | undefined } = {}): Model<"tsb"> {
  return {
    name: "tsb",
    suits: () => true,
    estimate: (history) => {
      const beta = given.beta ?? bestConstant(history, (candidate) => tsbRates(history, given.alpha ?? candidate, candidate));
      const alpha = given.alpha ?? bestConstant(history, (candidate) => tsbRates(history, candidate, beta));
      return (series) => intermittentModel(series, tsbRates(series, alpha, beta), { alpha, beta });
    },
  };
}

function tsbRates(series: Series, alpha: number, beta: number): Float64Array {
  const kept = 1 - beta;
  let size = 0;
  let probability = 0;
  const rates = new Float64Array(series.length + 1);
  for (let t = 0; t < series.length; t += 1) {
    const demand = series[t] ?? 0;
    if (size === 0 && demand > 0) {
      size = demand;
      probability = 1 / (t + 1);
    } else {
      // Of this form each probability waits for two operations instead of three.
      probability = kept * probability + (demand > 0 ? beta : 0);
      if (demand > 0) size += alpha * (demand - size);
    }
    rates[t + 1] = probability * size;
  }
  return rates;
}
