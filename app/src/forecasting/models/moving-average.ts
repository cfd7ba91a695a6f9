import { mean, type Series } from "./forecast.ts";
import type { Model } from "./model.ts";

/** Windows that are tried, in seasons: a week, two weeks and four of daily demand. */
const SEASONS = [1, 2, 4];

/**
 * The mean of the last k observations, repeated. Of the windows of one, two and
 * four seasons the one with the smallest mean squared one-step error is taken;
 * whole seasons, so that a rhythm averages out. The interval is as wide as the
 * one-step errors at every distance (Hyndman and Athanasopoulos, FPP3, 5.2).
 */
export function movingAverage(seasonLength: number): Model<"moving-average"> {
  return {
    name: "moving-average",
    suits: (history) => history.length > seasonLength,
    estimate: (history) => {
      const windows = SEASONS.map((seasons) => seasons * seasonLength).filter((window) => window < history.length);
      const errors = windows.map((window) => meanSquaredError(history, window));
      const window = windows[errors.indexOf(Math.min(...errors))] ?? seasonLength;
      return (series) => {
        const level = mean(series.subarray(Math.max(series.length - window, 0)));
        const deviation = Math.sqrt(meanSquaredError(series, window));
        return {
          points: (horizon) => new Float64Array(horizon).fill(level),
          deviations: (horizon) => new Float64Array(horizon).fill(deviation),
          parameters: { window },
        };
      };
    },
  };
}

function meanSquaredError(series: Series, window: number): number {
  if (series.length <= window) return mean(series) ** 2;
  let sum = 0;
  for (let t = 0; t < window; t += 1) sum += series[t] ?? 0;
  let squares = 0;
  for (let t = window; t < series.length; t += 1) {
    const value = series[t] ?? 0;
    squares += (value - sum / window) ** 2;
    sum += value - (series[t - window] ?? 0);
  }
  return squares / (series.length - window);
}
