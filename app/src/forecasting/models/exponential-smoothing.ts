import type { FittedModel, Series } from "./forecast.ts";
import { minimize } from "./nelder-mead.ts";

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
 * α minimises the squared one-step errors. The error's variance h periods ahead
 * is s²·(1 + (h-1)·α²) (Hyndman et al., Forecasting with Exponential Smoothing,
 * 2008, table 6.1). For short histories it needs nothing but one observation.
 */
export function fitExponentialSmoothing(series: Series): FittedModel {
  const alpha = series.length < FEW ? ALPHA_FOR_FEW : bestAlpha(series);
  const { level, squaredErrors } = smooth(series, alpha);
  const deviation = series.length < 2 ? level : Math.sqrt(squaredErrors / (series.length - 1));
  return {
    points: (horizon) => new Float64Array(horizon).fill(level),
    deviations: (horizon) => Float64Array.from({ length: horizon }, (_, step) => deviation * Math.sqrt(1 + step * alpha * alpha)),
    parameters: { alpha },
  };
}

function bestAlpha(series: Series): number {
  const [alpha = ALPHA_FOR_FEW] = minimize(([candidate = ALPHA_FOR_FEW]) => smooth(series, clamp(candidate)).squaredErrors, [ALPHA_FOR_FEW], { step: 0.2, iterations: 40 });
  return clamp(alpha);
}

function clamp(alpha: number): number {
  return Math.min(Math.max(alpha, ALPHA_MIN), ALPHA_MAX);
}

function smooth(series: Series, alpha: number): { level: number; squaredErrors: number } {
  let level = series[0] ?? 0;
  let squaredErrors = 0;
  for (let t = 1; t < series.length; t += 1) {
    const error = (series[t] ?? 0) - level;
    squaredErrors += error * error;
    level += alpha * error;
  }
  return { level, squaredErrors };
}
