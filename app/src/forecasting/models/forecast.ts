/** Demand per period, oldest first; finite and never negative. */
export type Series = Float64Array;

/** A forecast of the next periods: points with 80 % and 95 % prediction intervals. */
export interface Forecast {
  readonly point: Float64Array;
  readonly lower80: Float64Array;
  readonly upper80: Float64Array;
  readonly lower95: Float64Array;
  readonly upper95: Float64Array;
}

/** A model fitted to a series. */
export interface FittedModel {
  /** Expected demand of the next `horizon` periods; the array is the caller's. */
  readonly points: (horizon: number) => Float64Array;
  /** Standard deviation of the forecast error 1, 2, ... `horizon` periods ahead; the array is the caller's. */
  readonly deviations: (horizon: number) => Float64Array;
  /** The parameters found or given, for explanations. */
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * No point and no limit of an interval may exceed this multiple of the largest
 * demand of the history: an extrapolation beyond it is an artefact, not news.
 */
export const EXPLOSION_LIMIT = 3;

/** Quantiles of the normal distribution for two-sided 80 % and 95 % intervals. */
const Z80 = 1.2815515655446004;
const Z95 = 1.959963984540054;

/**
 * The forecast of a fitted model with its intervals, kept between 0 and
 * EXPLOSION_LIMIT times the largest demand of `history`.
 *
 * @returns finite, non-negative values with lower95 ≤ lower80 ≤ point ≤ upper80 ≤ upper95
 */
export function forecastWith(model: FittedModel, history: Series, horizon: number): Forecast {
  const ceiling = EXPLOSION_LIMIT * maximum(history);
  const point = model.points(horizon);
  const deviations = model.deviations(horizon);
  // Most of what a simple model costs is making buffers and collecting them: three limits are views of one, the last one takes the place of the deviations.
  const limits = new Float64Array(3 * horizon);
  const lower80 = limits.subarray(0, horizon);
  const upper80 = limits.subarray(horizon, 2 * horizon);
  const lower95 = limits.subarray(2 * horizon);
  const upper95 = deviations;
  for (let step = 0; step < horizon; step += 1) {
    const value = bounded(point[step] ?? 0, ceiling);
    const known = deviations[step] ?? 0;
    const deviation = Number.isFinite(known) ? known : ceiling;
    point[step] = value;
    lower80[step] = bounded(value - Z80 * deviation, ceiling);
    upper80[step] = bounded(value + Z80 * deviation, ceiling);
    lower95[step] = bounded(value - Z95 * deviation, ceiling);
    upper95[step] = bounded(value + Z95 * deviation, ceiling);
  }
  return { point, lower80, upper80, lower95, upper95 };
}

/** The largest value, 0 for an empty series. */
export function maximum(series: Series): number {
  let largest = 0;
  for (let t = 0; t < series.length; t += 1) largest = Math.max(largest, series[t] ?? 0);
  return largest;
}

/** The arithmetic mean, 0 for an empty series. */
export function mean(series: Series): number {
  let sum = 0;
  for (const value of series) sum += value;
  return series.length === 0 ? 0 : sum / series.length;
}

function bounded(value: number, ceiling: number): number {
  // NaN comes from a model that has diverged: the bounds then know more than it does.
  if (!(value > 0)) return 0;
  return value < ceiling ? value : ceiling;
}
