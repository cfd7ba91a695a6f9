/** Where and how long to search. */
export interface SearchOptions {
  /** First step from the starting point along each axis. */
  readonly step: number;
  readonly iterations: number;
  /** Stops when the best and the worst corner differ by less than this share. */
  readonly tolerance?: number;
}

interface Corner {
  readonly at: readonly number[];
  readonly value: number;
}

/**
 * Minimises a function of a few variables without derivatives: the downhill
 * simplex of Nelder and Mead (1965) with the usual coefficients (reflection 1,
 * expansion 2, contraction ½, shrink ½). A value that is not finite counts as
 * worse than any other. Finds a local minimum, which is enough for smoothing
 * parameters in [0, 1]; one evaluation or two per iteration.
 *
 * @returns the best point found
 */
export function minimize(objective: (at: readonly number[]) => number, start: readonly number[], options: SearchOptions): readonly number[] {
  const { step, iterations, tolerance = 1e-6 } = options;
  const corner = (at: readonly number[]): Corner => {
    const value = objective(at);
    return { at, value: Number.isFinite(value) ? value : Number.MAX_VALUE };
  };
  let simplex = [corner(start), ...start.map((_, axis) => corner(start.map((value, index) => (index === axis ? value + step : value))))];
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0] as Corner;
    const worst = simplex[simplex.length - 1] as Corner;
    const secondWorst = simplex[simplex.length - 2] as Corner;
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + tolerance)) break;
    const rest = simplex.slice(0, -1);
    const centre = start.map((_, axis) => mean(rest.map(({ at }) => at[axis] ?? 0)));
    const towards = (factor: number) => corner(centre.map((value, axis) => value + factor * ((worst.at[axis] ?? 0) - value)));
    const reflected = towards(-1);
    let replacement: Corner | undefined = reflected;
    if (reflected.value < best.value) {
      const expanded = towards(-2);
      if (expanded.value < reflected.value) replacement = expanded;
    } else if (reflected.value >= secondWorst.value) {
      const contracted = towards(reflected.value < worst.value ? -0.5 : 0.5);
      replacement = contracted.value < Math.min(worst.value, reflected.value) ? contracted : undefined;
    }
    simplex =
      replacement === undefined
        ? [best, ...simplex.slice(1).map(({ at }) => corner(at.map((value, axis) => ((best.at[axis] ?? 0) + value) / 2)))]
        : [...rest, replacement];
  }
  return simplex.reduce((best, candidate) => (candidate.value < best.value ? candidate : best)).at;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
