import { growingDeviations } from "./flat-forecast.ts";
import type { Series } from "./forecast.ts";
import { minimizeBetween } from "./line-search.ts";
import type { Model } from "./model.ts";

const ALPHA_MIN = 0.01;
const ALPHA_MAX = 0.99;
/** Used below this many observations, where a fitted α would follow noise. */
const FEW = 4;
const ALPHA_FOR_FEW = 0.3;

/**
 * Simple exponential smoothing: the level follows demand, the forecast is flat.
 *
 *     level(t) = α·y(t) + (1 - α)·level(t-1)
 *
 * The variance of the error h periods ahead is s²·(1 + (h-1)·α²) (Hyndman et
 * al., Forecasting with Exponential Smoothing, 2008, table 6.1). It is defined
 * for every history, the empty one included.
 */
export const exponentialSmoothing: Model<"exponential-smoothing"> = {
  name: "exponential-smoothing",
  suits: () => true,
  estimate: (history) => {
    const alpha = history.length < FEW ? ALPHA_FOR_FEW : minimizeBetween(ALPHA_MIN, ALPHA_MAX, (candidate) => smooth(history, candidate).squaredErrors);
    return (series) => {
      const { level, squaredErrors } = smooth(series, alpha);
      const variance = series.length < 2 ? level * level : squaredErrors / (series.length - 1);
      return {
        points: (into) => into.fill(level),
        deviations: (into) => growingDeviations(into, variance, variance * alpha * alpha),
        parameters: { alpha },
      };
    };
  },
};

function smooth(series: Series, alpha: number): { level: number; squaredErrors: number } {
  // Each level waits for the one before it: of this form it waits for two operations instead of three.
  const kept = 1 - alpha;
  let level = series[0] ?? 0;
  let squaredErrors = 0;
  for (let t = 1; t < series.length; t += 1) {
    const demand = series[t] ?? 0;
    const error = demand - level;
    squaredErrors += error * error;
    level = alpha * demand + kept * level;
  }
  return { level, squaredErrors };
}
