import { dampingAt, searchOfDamping } from "./damping.ts";
import { minimize } from "./nelder-mead.ts";
import type { SeasonalParameters } from "./seasonal-start.ts";
import { logistic, logit } from "./unit-interval.ts";

const ITERATIONS = 150;
const TOLERANCE = 1e-5;
const START: readonly number[] = [logit(0.2), logit(0.1), logit(0.1), searchOfDamping(0.95)];

/** The α, β, γ, φ of a seasonal model that minimise `squaredErrors`. */
export function searchSeasonalParameters(squaredErrors: (parameters: SeasonalParameters) => number): SeasonalParameters {
  return fromSearch(minimize((at) => squaredErrors(fromSearch(at)), START, { step: 0.8, iterations: ITERATIONS, tolerance: TOLERANCE }));
}

function fromSearch([alpha = 0, beta = 0, gamma = 0, phi = 0]: readonly number[]): SeasonalParameters {
  return { alpha: logistic(alpha), beta: logistic(beta), gamma: logistic(gamma), phi: dampingAt(phi) };
}
