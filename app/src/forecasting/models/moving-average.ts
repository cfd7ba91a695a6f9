import { flatForecast } from "./flat-forecast.ts";
import type { Series } from "./forecast.ts";
import type { Model } from "./model.ts";

/** Windows that are tried, in seasons: a week, two weeks and four of daily demand. */
const SEASONS = [1, 2, 4];

/**
 * The mean of the last k observations, repeated. Of the windows of one, two and
 * four seasons the one with the smallest mean squared one-step error is taken;
 * whole seasons, so that a rhythm averages out.
 */
export function movingAverage(seasonLength: number): Model<"moving-average"> {
  return {
    name: "moving-average",
    suits: (history) => history.length > seasonLength,
    estimate: (history) => {
      const windows = SEASONS.map((seasons) => seasons * seasonLength).filter((window) => window < history.length);
      const errors = windows.map((window) => meanSquaredError(history, window));
      const window = windows[errors.indexOf(Math.min(...errors))] ?? seasonLength;
      return (series) => flatForecast(series, averages(series, window), Math.min(window, series.length), { window });
    },
  };
}

/**
 * The mean of the last `window` observations, or of as many as there are, after
 * 0, 1, 2, ... of them. Each is summed anew: a running sum would keep the
 * rounding error of a spike that has left the window.
 */
function averages(series: Series, window: number): Float64Array {
  const means = new Float64Array(series.length + 1);
  for (let end = 1; end <= series.length; end += 1) {
    const start = Math.max(end - window, 0);
    let sum = 0;
    for (let t = start; t < end; t += 1) sum += series[t] ?? 0;
    means[end] = sum / (end - start);
  }
  return means;
}

function meanSquaredError(series: Series, window: number): number {
  const expected = averages(series, window);
  let squares = 0;
  for (let t = window; t < series.length; t += 1) squares += ((series[t] ?? 0) - (expected[t] ?? 0)) ** 2;
  return squares / (series.length - window);
}
