import { logistic, logit } from "./unit-interval.ts";

/** Below 0.8 the trend is gone within a week, above 0.98 it hardly bends (Hyndman and Athanasopoulos, FPP3, 8.2). */
const PHI_MIN = 0.8;
const PHI_MAX = 0.98;

/** The damping φ at a point of a search over all real numbers. */
export function dampingAt(x: number): number {
  return PHI_MIN + (PHI_MAX - PHI_MIN) * logistic(x);
}

/** Where a search for φ begins. */
export function searchOfDamping(phi: number): number {
  return logit((phi - PHI_MIN) / (PHI_MAX - PHI_MIN));
}

/** Fills `into` with what `valueAt` makes of φ + φ² + ... + φ^h, h = 1, 2, ...: how many steps of the trend the forecast has taken. */
export function alongDampedTrend(into: Float64Array, phi: number, valueAt: (stepsTaken: number, step: number) => number): Float64Array {
  let factor = 1;
  let taken = 0;
  for (let step = 0; step < into.length; step += 1) {
    factor *= phi;
    taken += factor;
    into[step] = valueAt(taken, step);
  }
  return into;
}

/**
 * Fills `into` with `deviation` times how much wider than one step ahead the
 * forecast errors are 1, 2, ... periods ahead: √(1 + Σ c(j)², j < h) with
 * c(j) = α + α·β·(φ + ... + φ^j) + γ·(1-α)·[m divides j]
 * (Hyndman et al. 2008, table 6.2). With φ < 1 it grows about as a straight line.
 */
export function wideningDeviations(into: Float64Array, deviation: number, { alpha, beta, gamma, phi }: { readonly alpha: number; readonly beta: number; readonly gamma: number; readonly phi: number }, seasonLength: number): Float64Array {
  let variance = 1;
  return alongDampedTrend(into, phi, (taken, step) => {
    const growth = Math.sqrt(variance);
    const c = alpha + alpha * beta * taken + ((step + 1) % seasonLength === 0 ? gamma * (1 - alpha) : 0);
    variance += c * c;
    return growth * deviation;
  });
}
