import type { Series } from "./forecast.ts";
import { bestConstant, intermittentModel } from "./intermittent-model.ts";
import type { Model } from "./model.ts";

/**
 * Croston's method (1972) for demand with many empty periods: the size of a
 * demand z and the interval between demands p are smoothed apart, and only when
 * there is demand:
 *
 *     z ← z + α·(y - z),  p ← p + α·(q - p),  forecast = z / p
 *
 * q counts the periods since the last demand. z starts at the first demand, p
 * at the number of periods up to it. The forecast is flat; for a series
 * without demand it is 0.
 *
 * @param given α; without it the one with the smallest squared errors is taken
 */
export function croston(given?: number): Model<"croston"> {
  return {
    name: "croston",
    suits: () => true,
    estimate: (history) => {
      const alpha = given ?? bestConstant(history, (candidate) => crostonRates(history, candidate));
      return (series) => intermittentModel(series, crostonRates(series, alpha), { alpha });
    },
  };
}

/** z / p after 0, 1, 2, ... observations, times `factor`. */
export function crostonRates(series: Series, alpha: number, factor = 1): Float64Array {
  let size = 0;
  let interval = 1;
  let sinceDemand = 0;
  const rates = new Float64Array(series.length + 1);
  let rate = 0;
  for (let t = 0; t < series.length; t += 1) {
    const demand = series[t] ?? 0;
    sinceDemand += 1;
    if (demand > 0) {
      if (size === 0) {
        size = demand;
        interval = sinceDemand;
      } else {
        size += alpha * (demand - size);
        interval += alpha * (sinceDemand - interval);
      }
      sinceDemand = 0;
      rate = (factor * size) / interval;
    }
    rates[t + 1] = rate;
  }
  return rates;
}
