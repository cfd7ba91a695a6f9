import { crostonRates } from "./croston.ts";
import type { Series } from "./forecast.ts";
import { bestConstant, intermittentModel } from "./intermittent-model.ts";
import type { Model } from "./model.ts";

/**
 * The approximation of Syntetos and Boylan (2005): Croston's rate is too high on
 * average, because the mean of 1/p is more than 1 over the mean of p; about
 * 1 - α/2 of it is not, α being the constant of the interval.
 *
 * @param given α; without it the one with the smallest squared errors is taken
 */
export function sba(given?: number): Model<"sba"> {
  return {
    name: "sba",
    suits: () => true,
    estimate: (history) => {
      const alpha = given ?? bestConstant(history, (candidate) => sbaRates(history, candidate));
      return (series) => intermittentModel(series, sbaRates(series, alpha), { alpha });
    },
  };
}

function sbaRates(series: Series, alpha: number): Float64Array {
  return crostonRates(series, alpha, 1 - alpha / 2);
}
