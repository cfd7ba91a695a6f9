import { alongDampedTrend, wideningDeviations } from "./damping.ts";
import type { Series } from "./forecast.ts";
import type { Model } from "./model.ts";
import { nextSeason, type SeasonalParameters, type SeasonalStart, SEASONS_NEEDED, seasonalStart } from "./seasonal-start.ts";
import { searchSeasonalParameters } from "./seasonal-search.ts";

/**
 * Holt-Winters, additive, with a damped trend (Holt 1957, Winters 1960; damping
 * Gardner and McKenzie 1985), in error-correction form with season length m:
 *
 *     e(t)      = y(t) - (level + φ·trend + seasonal(t-m))
 *     level     ← level + φ·trend + α·e
 *     trend     ← φ·trend + α·β·e
 *     seasonal  ← seasonal(t-m) + γ·(1-α)·e
 *
 * Intervals as of damping.ts. O(n) per evaluation.
 */
export function holtWinters(seasonLength: number): Model<"holt-winters"> {
  return {
    name: "holt-winters",
    suits: (history) => history.length >= SEASONS_NEEDED * seasonLength,
    estimate: (history) => {
      const start = seasonalStart(history, seasonLength, "additive");
      const seasonal = new Float64Array(seasonLength);
      const parameters = searchSeasonalParameters((candidate) => run(history, candidate, start, seasonal).squaredErrors);
      return (series) => {
        const state = run(series, parameters, seasonalStart(series, seasonLength, "additive"), new Float64Array(seasonLength));
        const season = nextSeason(state.seasonal, series.length);
        const deviation = Math.sqrt(state.squaredErrors / Math.max(series.length - seasonLength - 3, 1));
        return {
          points: (into) => alongDampedTrend(into, parameters.phi, (taken, step) => state.level + taken * state.trend + (season[step % seasonLength] ?? 0)),
          deviations: (into) => wideningDeviations(into, deviation, parameters, seasonLength),
          parameters: { ...parameters, seasonLength },
        };
      };
    },
  };
}

/** Runs through a series; `seasonal` is where the season is kept, so that a search of hundreds of runs allocates once. */
function run(series: Series, { alpha, beta, gamma, phi }: SeasonalParameters, start: SeasonalStart, seasonal: Float64Array): SeasonalStart & { squaredErrors: number } {
  seasonal.set(start.seasonal);
  const m = seasonal.length;
  const seasonalGain = gamma * (1 - alpha);
  const trendGain = alpha * beta;
  let { level, trend } = start;
  let squaredErrors = 0;
  let position = 0;
  for (let t = 0; t < series.length; t += 1) {
    const old = seasonal[position] ?? 0;
    const expected = level + phi * trend;
    const error = (series[t] ?? 0) - expected - old;
    squaredErrors += error * error;
    level = expected + alpha * error;
    trend = phi * trend + trendGain * error;
    seasonal[position] = old + seasonalGain * error;
    position = position + 1 === m ? 0 : position + 1;
  }
  return { level, trend, seasonal, squaredErrors };
}
