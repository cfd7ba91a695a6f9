/** Points of the first look over the interval. */
const GRID = 16;
/** (√5 - 1) / 2: each step keeps this share of the bracket. */
const GOLDEN = 0.6180339887498949;
const STEPS = 20;

/**
 * Minimises a function of one variable on [low, high]: a look at GRID points,
 * then golden-section search (Kiefer 1953) between the neighbours of the best,
 * because the squared errors of smoothing can have more than one valley.
 * GRID + STEPS + 3 evaluations; the place is exact to 1e-5 of the interval.
 *
 * @returns the best point found
 */
export function minimizeBetween(low: number, high: number, objective: (x: number) => number): number {
  const step = (high - low) / GRID;
  let best = low;
  let bestValue = Infinity;
  for (let index = 0; index <= GRID; index += 1) {
    const x = low + index * step;
    const value = objective(x);
    if (value < bestValue) [best, bestValue] = [x, value];
  }
  let a = Math.max(low, best - step);
  let b = Math.min(high, best + step);
  let left = b - GOLDEN * (b - a);
  let right = a + GOLDEN * (b - a);
  let leftValue = objective(left);
  let rightValue = objective(right);
  for (let count = 0; count < STEPS; count += 1) {
    if (leftValue <= rightValue) {
      [b, right, rightValue] = [right, left, leftValue];
      left = b - GOLDEN * (b - a);
      leftValue = objective(left);
    } else {
      [a, left, leftValue] = [left, right, rightValue];
      right = a + GOLDEN * (b - a);
      rightValue = objective(right);
    }
  }
  const [found, foundValue] = leftValue <= rightValue ? [left, leftValue] : [right, rightValue];
  return foundValue < bestValue ? found : best;
}
