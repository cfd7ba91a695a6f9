import { mean, type Series } from "./forecast.ts";

/** Seasons of history below which a seasonal model is not fitted. */
export const SEASONS_NEEDED = 2;
/** The state at the start comes from at most so many seasons: fewer are mostly noise (docs/forecast-models.md), older ones may be of another rhythm. */
const SEASONS_READ = 26;

/** Level, slope and season just before the first observation. */
export interface SeasonalStart {
  readonly level: number;
  readonly trend: number;
  /** seasonal[0] belongs to the first observation. */
  readonly seasonal: Float64Array;
}

/**
 * A line through the means of the first seasons, and what is left of each
 * position of the season: differences for an additive one, ratios for a
 * multiplicative one (after Hyndman et al. 2008, 2.6.1).
 */
export function seasonalStart(series: Series, m: number, kind: "additive" | "multiplicative"): SeasonalStart {
  const seasons = Math.min(Math.floor(series.length / m), SEASONS_READ);
  const means = Array.from({ length: seasons }, (_, season) => mean(series.subarray(season * m, (season + 1) * m)));
  const trend = ((means[seasons - 1] ?? 0) - (means[0] ?? 0)) / (m * Math.max(seasons - 1, 1));
  const seasonal = new Float64Array(m);
  for (let position = 0; position < m; position += 1) {
    let sum = 0;
    for (let season = 0; season < seasons; season += 1) {
      const line = (means[season] ?? 0) + trend * (position - (m - 1) / 2);
      const value = series[season * m + position] ?? 0;
      sum += kind === "additive" ? value - line : value / line;
    }
    seasonal[position] = sum / seasons;
  }
  // The mean of the first season stands at its middle; the level is the one just before its first period.
  return { level: (means[0] ?? 0) - (trend * (m + 1)) / 2, trend, seasonal };
}

/** The parameters that both seasonal forms of Holt-Winters search for. */
export interface SeasonalParameters {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

/** The season as it stands after `observed` observations, turned so that it begins with the next period. */
export function nextSeason(seasonal: Float64Array, observed: number): Float64Array {
  return Float64Array.from(seasonal, (_, index) => seasonal[(observed + index) % seasonal.length] ?? 0);
}
