import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import { noDifference, type TestResult } from "./test-result.ts";

/** How many values fall into each class, from the smallest class to the largest. */
export type Counts = readonly number[];

/**
 * Mann and Whitney's U of values that are known by class alone, such as the
 * buckets of a histogram: values of one class are ties, for which the variance
 * is corrected (Lehmann, Nonparametrics, 1975, section 1.4). From 50 a side on
 * the normal approximation is good to the third digit. The effect is the chance
 * that an exposed value is larger than one of the control, ties counting half:
 * 0.5 when both are alike.
 */
export function mannWhitney(exposed: Counts, control: Counts): TestResult {
  const [m, n] = [total(exposed), total(control)];
  const all = m + n;
  let [u, below, ties] = [0, 0, 0];
  for (const [index, count] of exposed.entries()) {
    const other = control[index] ?? 0;
    u += count * (below + other / 2);
    below += other;
    ties += (count + other) ** 3 - (count + other);
  }
  const effect = u / (m * n);
  const variance = ((m * n) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return noDifference("Mann-Whitney", effect);
  const statistic = (u - (m * n) / 2) / Math.sqrt(variance);
  return { test: "Mann-Whitney", statistic, pValue: normalCdf(-statistic, 0, 1), effect };
}

/**
 * The effect of values that are larger by a share, when they are log-normal:
 * Φ(ln(1 + worseBy) / (√2 · spread)).
 *
 * @param spread standard deviation of their logarithm
 */
export function superiority(worseBy: number, spread: number): number {
  return normalCdf(Math.log(1 + worseBy) / (Math.SQRT2 * spread), 0, 1);
}

function total(counts: Counts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
