import type { FittedModel, Series } from "./forecast.ts";
import { minimize } from "./nelder-mead.ts";

/** Seasons of history below which a seasonal model is not fitted. */
export const SEASONS_NEEDED = 2;

interface Parameters {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

interface State {
  readonly level: number;
  readonly trend: number;
  /** The last season, oldest first: seasonal[0] belongs to the next period. */
  readonly seasonal: Float64Array;
  readonly squaredErrors: number;
}

const START = { alpha: 0.2, beta: 0.1, gamma: 0.1, phi: 0.95 } as const;
/** Below 0.8 the trend is gone within a week, above 0.98 it hardly bends (Hyndman and Athanasopoulos, FPP3, 8.2). */
const PHI_MIN = 0.8;
const PHI_MAX = 0.98;
const ITERATIONS = 150;

/**
 * Holt-Winters, additive, with a damped trend (Holt 1957, Winters 1960; damping
 * Gardner and McKenzie 1985), in error-correction form with season length m:
 *
 *     e(t)      = y(t) - (level + φ·trend + seasonal(t-m))
 *     level     ← level + φ·trend + α·e
 *     trend     ← φ·trend + α·β·e
 *     seasonal  ← seasonal(t-m) + γ·(1-α)·e
 *
 * α, β, γ, φ minimise the squared one-step errors. Variance of the error h
 * periods ahead: s²·(1 + Σ c(j)², j < h), c(j) = α + α·β·(φ + ... + φ^j) +
 * γ·(1-α)·[m divides j]: with φ < 1 it grows about as a straight line.
 * Needs SEASONS_NEEDED·m observations; O(n) per evaluation.
 */
export function fitHoltWinters(series: Series, seasonLength: number): FittedModel {
  const first = initialState(series, seasonLength);
  const best = minimize(
    (at) => run(series, fromSearch(at), first).squaredErrors,
    [toSearch(START.alpha), toSearch(START.beta), toSearch(START.gamma), toSearch((START.phi - PHI_MIN) / (PHI_MAX - PHI_MIN))],
    { step: 0.8, iterations: ITERATIONS },
  );
  const parameters = fromSearch(best);
  const { level, trend, seasonal, squaredErrors } = run(series, parameters, first);
  const variance = squaredErrors / Math.max(series.length - seasonLength - 3, 1);
  return {
    points: (horizon) => {
      let dampedTrend = 0;
      let factor = 1;
      return Float64Array.from({ length: horizon }, (_, step) => {
        factor *= parameters.phi;
        dampedTrend += factor * trend;
        return level + dampedTrend + (seasonal[step % seasonLength] ?? 0);
      });
    },
    deviations: (horizon) => errorDeviations(parameters, seasonLength, variance, horizon),
    parameters: { ...parameters, seasonLength },
  };
}

function errorDeviations({ alpha, beta, gamma, phi }: Parameters, seasonLength: number, variance: number, horizon: number): Float64Array {
  const deviations = new Float64Array(horizon);
  let growth = 1;
  let dampedSteps = 0;
  let factor = 1;
  for (let step = 0; step < horizon; step += 1) {
    deviations[step] = Math.sqrt(variance * growth);
    const j = step + 1;
    factor *= phi;
    dampedSteps += factor;
    const c = alpha + alpha * beta * dampedSteps + (j % seasonLength === 0 ? gamma * (1 - alpha) : 0);
    growth += c * c;
  }
  return deviations;
}

/** Level and trend from a line through the first seasons' means, seasonal values from what is left. */
function initialState(series: Series, m: number): State {
  const seasons = Math.min(Math.floor(series.length / m), 4);
  const means = Array.from({ length: seasons }, (_, season) => average(series.subarray(season * m, (season + 1) * m)));
  const trend = ((means[seasons - 1] ?? 0) - (means[0] ?? 0)) / (m * (seasons - 1));
  const seasonal = new Float64Array(m);
  for (let position = 0; position < m; position += 1) {
    let sum = 0;
    for (let season = 0; season < seasons; season += 1) {
      sum += (series[season * m + position] ?? 0) - (means[season] ?? 0) - trend * (position - (m - 1) / 2);
    }
    seasonal[position] = sum / seasons;
  }
  // The mean of the first season stands at its middle; the level is the one just before its first period.
  return { level: (means[0] ?? 0) - (trend * (m + 1)) / 2, trend, seasonal, squaredErrors: 0 };
}

function run(series: Series, { alpha, beta, gamma, phi }: Parameters, first: State): State {
  const m = first.seasonal.length;
  const seasonal = first.seasonal.slice();
  let { level, trend } = first;
  let squaredErrors = 0;
  for (let t = 0; t < series.length; t += 1) {
    const position = t % m;
    const old = seasonal[position] ?? 0;
    const expected = level + phi * trend;
    const error = (series[t] ?? 0) - expected - old;
    squaredErrors += error * error;
    level = expected + alpha * error;
    trend = phi * trend + alpha * beta * error;
    seasonal[position] = old + gamma * (1 - alpha) * error;
  }
  const next = series.length % m;
  const turned = Float64Array.from({ length: m }, (_, index) => seasonal[(next + index) % m] ?? 0);
  return { level, trend, seasonal: turned, squaredErrors };
}

/** The search runs over all real numbers; the logistic curve maps them into (0, 1). */
function fromSearch([alpha = 0, beta = 0, gamma = 0, phi = 0]: readonly number[]): Parameters {
  return { alpha: logistic(alpha), beta: logistic(beta), gamma: logistic(gamma), phi: PHI_MIN + (PHI_MAX - PHI_MIN) * logistic(phi) };
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function toSearch(share: number): number {
  return Math.log(share / (1 - share));
}

function average(values: Series): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
