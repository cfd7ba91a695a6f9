import { alongDampedTrend, wideningDeviations } from "./damping.ts";
import type { Series } from "./forecast.ts";
import type { Model } from "./model.ts";
import { searchSeasonalParameters } from "./seasonal-search.ts";
import { nextSeason, type SeasonalParameters, type SeasonalStart, SEASONS_NEEDED, seasonalStart } from "./seasonal-start.ts";

/**
 * Holt-Winters, multiplicative, with a damped trend (Winters 1960; Gardner and
 * McKenzie 1985): for a rhythm that grows with the level. In error-correction
 * form with relative errors (Hyndman et al. 2008, model MAdM):
 *
 *     μ(t)      = (level + φ·trend) · seasonal(t-m),  e(t) = y(t) / μ(t) - 1
 *     level     ← (level + φ·trend) · (1 + α·e)
 *     trend     ← φ·trend + α·β·(level + φ·trend)·e
 *     seasonal  ← seasonal(t-m) · (1 + γ·(1-α)·e)
 *
 * Defined for histories without a 0. The interval is relative: the deviation of
 * e times the point, widened as in the additive form, which is an approximation
 * (Hyndman et al. 2008, 6.4). O(n) per evaluation.
 */
export function holtWintersMultiplicative(seasonLength: number): Model<"holt-winters-multiplicative"> {
  return {
    name: "holt-winters-multiplicative",
    suits: (history) => history.length >= SEASONS_NEEDED * seasonLength && history.every((value) => value > 0),
    estimate: (history) => {
      const start = seasonalStart(history, seasonLength, "multiplicative");
      const seasonal = new Float64Array(seasonLength);
      const parameters = searchSeasonalParameters((candidate) => run(history, candidate, start, seasonal).squaredErrors);
      return (series) => {
        const state = run(series, parameters, seasonalStart(series, seasonLength, "multiplicative"), new Float64Array(seasonLength));
        const season = nextSeason(state.seasonal, series.length);
        const relative = Math.sqrt(state.squaredRelativeErrors / Math.max(series.length - seasonLength - 3, 1));
        const points = (into: Float64Array) => alongDampedTrend(into, parameters.phi, (taken, step) => (state.level + taken * state.trend) * (season[step % seasonLength] ?? 0));
        return {
          points,
          deviations: (into) => {
            const relatives = wideningDeviations(new Float64Array(into.length), relative, parameters, seasonLength);
            points(into).forEach((point, step) => (into[step] = Math.abs(point) * (relatives[step] ?? 1)));
            return into;
          },
          parameters: { ...parameters, seasonLength },
        };
      };
    },
  };
}

interface State extends SeasonalStart {
  readonly squaredErrors: number;
  readonly squaredRelativeErrors: number;
}

/** Runs through a series; parameters that lead to an expectation that is not positive are worth nothing. */
function run(series: Series, { alpha, beta, gamma, phi }: SeasonalParameters, start: SeasonalStart, seasonal: Float64Array): State {
  seasonal.set(start.seasonal);
  const m = seasonal.length;
  const seasonalGain = gamma * (1 - alpha);
  const trendGain = alpha * beta;
  let { level, trend } = start;
  let squaredErrors = 0;
  let squaredRelativeErrors = 0;
  let position = 0;
  for (let t = 0; t < series.length; t += 1) {
    const old = seasonal[position] ?? 1;
    const base = level + phi * trend;
    const expected = base * old;
    if (!(expected > 0)) return { level, trend, seasonal, squaredErrors: Infinity, squaredRelativeErrors: Infinity };
    const error = (series[t] ?? 0) - expected;
    const relative = error / expected;
    squaredErrors += error * error;
    squaredRelativeErrors += relative * relative;
    level = base * (1 + alpha * relative);
    trend = phi * trend + trendGain * base * relative;
    seasonal[position] = old * (1 + seasonalGain * relative);
    position = position + 1 === m ? 0 : position + 1;
  }
  return { level, trend, seasonal, squaredErrors, squaredRelativeErrors };
}
