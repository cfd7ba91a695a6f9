import type { Series } from "./forecast.ts";
import type { Model } from "./model.ts";

/**
 * What happened a season ago happens again: ŷ(t+h) = y(t+h-m·k), k the smallest
 * whole number that leads into the history. There is nothing to estimate. The
 * variance grows by s² with every season: s²·(⌊(h-1)/m⌋ + 1) (Hyndman and
 * Athanasopoulos, FPP3, table 5.2).
 */
export function seasonalNaive(seasonLength: number): Model<"seasonal-naive"> {
  return {
    name: "seasonal-naive",
    suits: (history) => history.length > seasonLength,
    estimate: () => (series) => {
      const lastSeason = series.subarray(Math.max(series.length - seasonLength, 0));
      const deviation = Math.sqrt(meanSquaredDifference(series, seasonLength));
      return {
        points: (into) => filled(into, (step) => lastSeason[step % seasonLength] ?? 0),
        deviations: (into) => filled(into, (step) => deviation * Math.sqrt(Math.floor(step / seasonLength) + 1)),
        parameters: { seasonLength },
      };
    },
  };
}

function filled(into: Float64Array, valueAt: (step: number) => number): Float64Array {
  for (let step = 0; step < into.length; step += 1) into[step] = valueAt(step);
  return into;
}

function meanSquaredDifference(series: Series, lag: number): number {
  let squares = 0;
  for (let t = lag; t < series.length; t += 1) squares += ((series[t] ?? 0) - (series[t - lag] ?? 0)) ** 2;
  return series.length > lag ? squares / (series.length - lag) : 0;
}
