import { LEAST_SAMPLES } from "./sample-size.ts";

/** Pairs that a look rests on at most: what a record can keep, and more than most comparisons need. */
export const MOST_PAIRS = 4_000;

/** What one item has by each side. */
export interface Pair {
  readonly exposed: number;
  readonly control: number;
}

/**
 * The pairs that a comparison is made from. An item that both variants treat
 * alike says nothing about the difference, and enough of them would hide
 * anything; so they are left out, as the tests of Wilcoxon and of signs do.
 * Where there are many pairs and hardly any differ, the two sides are alike, and
 * all pairs say so.
 *
 * @param needed pairs that the comparison needs
 */
export function informativePairs<One extends Pair>(pairs: readonly One[], needed: number): One[] {
  const differing = pairs.filter(({ exposed, control }) => exposed !== control);
  return pairs.length >= needed && differing.length < LEAST_SAMPLES ? [...pairs] : differing;
}
