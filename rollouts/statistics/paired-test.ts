import tCdf from "@stdlib/stats-base-dists-t-cdf";
import { noDifference, type TestResult } from "./test-result.ts";

/**
 * The relative difference of two errors of one item: 2(e - c)/(e + c), between
 * -2 and 2, 0 where both are 0. Symmetrical and bounded, so that neither items
 * of high volume nor those that are hardly ever right decide alone.
 */
export function relativeDifference(exposed: number, control: number): number {
  return exposed + control === 0 ? 0 : (2 * (exposed - control)) / (exposed + control);
}

/** The relative difference of an error that is worse by a share: 0.2 gives 0.182. */
export function differenceOf(worseBy: number): number {
  return relativeDifference(1 + worseBy, 1);
}

/**
 * Student's t on the relative differences of pairs, against "no worse".
 * The effect is the mean relative difference.
 *
 * @param exposed errors of the items by the exposed variant, all at least 0
 * @param control errors of the same items, in the same order, by the other one
 */
export function pairedTest(exposed: readonly number[], control: readonly number[]): TestResult {
  const differences = exposed.map((error, index) => relativeDifference(error, control[index] ?? 0));
  const n = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  // All alike: there is nothing to weigh the mean against.
  if (variance === 0) return mean > 0 ? { test: "paired t", statistic: Number.MAX_VALUE, pValue: 0, effect: mean } : noDifference("paired t", mean);
  const statistic = mean / Math.sqrt(variance / n);
  return { test: "paired t", statistic, pValue: tCdf(-statistic, n - 1), effect: mean };
}
