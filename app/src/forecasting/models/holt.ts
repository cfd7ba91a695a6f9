import { alongDampedTrend, dampingAt, searchOfDamping, wideningDeviations } from "./damping.ts";
import type { Series } from "./forecast.ts";
import type { Model } from "./model.ts";
import { minimize } from "./nelder-mead.ts";
import { logistic, logit } from "./unit-interval.ts";

/** Below this many observations a trend is noise. */
const OBSERVATIONS_NEEDED = 10;
/** The slope at the start is that of so many observations. */
const START = 10;
const ITERATIONS = 80;

interface Parameters {
  readonly alpha: number;
  readonly beta: number;
  readonly phi: number;
}

/**
 * Holt's linear method with a damped trend (Holt 1957; Gardner and McKenzie
 * 1985), in error-correction form:
 *
 *     e(t)   = y(t) - (level + φ·trend)
 *     level  ← level + φ·trend + α·e
 *     trend  ← φ·trend + α·β·e
 *
 * Intervals as of damping.ts, without a season. O(n) per evaluation.
 */
export const holt: Model<"holt"> = {
  name: "holt",
  suits: (history) => history.length >= OBSERVATIONS_NEEDED,
  estimate: (history) => {
    const parameters = fromSearch(minimize((at) => run(history, fromSearch(at)).squaredErrors, [logit(0.3), logit(0.1), searchOfDamping(0.95)], { step: 0.8, iterations: ITERATIONS }));
    return (series) => {
      const { level, trend, squaredErrors } = run(series, parameters);
      const deviation = Math.sqrt(squaredErrors / Math.max(series.length - 3, 1));
      return {
        points: (into) => alongDampedTrend(into, parameters.phi, (taken) => level + taken * trend),
        deviations: (into) => wideningDeviations(into, deviation, { ...parameters, gamma: 0 }, Infinity),
        parameters: { ...parameters },
      };
    };
  },
};

function run(series: Series, { alpha, beta, phi }: Parameters): { level: number; trend: number; squaredErrors: number } {
  const head = Math.min(START, series.length);
  let trend = ((series[head - 1] ?? 0) - (series[0] ?? 0)) / Math.max(head - 1, 1);
  let level = (series[0] ?? 0) - trend;
  let squaredErrors = 0;
  for (let t = 0; t < series.length; t += 1) {
    const expected = level + phi * trend;
    const error = (series[t] ?? 0) - expected;
    squaredErrors += error * error;
    level = expected + alpha * error;
    trend = phi * trend + alpha * beta * error;
  }
  return { level, trend, squaredErrors };
}

function fromSearch([alpha = 0, beta = 0, phi = 0]: readonly number[]): Parameters {
  return { alpha: logistic(alpha), beta: logistic(beta), phi: dampingAt(phi) };
}
