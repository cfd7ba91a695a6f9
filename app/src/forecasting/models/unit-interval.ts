/** The logistic curve: maps every real number into (0, 1), so that a search without bounds can find a share. */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The inverse: where a search for a share begins. */
export function logit(share: number): number {
  return Math.log(share / (1 - share));
}
