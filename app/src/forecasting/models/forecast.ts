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
  /** Fills `into` with the expected demand of the next periods, and gives it back. */
  readonly points: (into: Float64Array) => Float64Array;
  /** Fills `into` with the standard deviations of the forecast error 1, 2, ... periods ahead, and gives it back. */
  readonly deviations: (into: Float64Array) => Float64Array;
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
  // Views of one buffer: most of what a simple model costs is making buffers and collecting them. The last limit takes the place of the deviations.
  const buffer = new Float64Array(5 * horizon);
  const point = model.points(buffer.subarray(0, horizon));
  const lower80 = buffer.subarray(horizon, 2 * horizon);
  const upper80 = buffer.subarray(2 * horizon, 3 * horizon);
  const lower95 = buffer.subarray(3 * horizon, 4 * horizon);
  const upper95 = model.deviations(buffer.subarray(4 * horizon));
  for (let step = 0; step < horizon; step += 1) {
    const value = bounded(point[step] ?? 0, ceiling);
    const known = upper95[step] ?? 0;
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
