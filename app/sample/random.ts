/** Random numbers that are the same on every machine for the same seed. */
export interface Random {
  /** Evenly between 0 (inclusive) and 1 (exclusive). */
  next(): number;
  between(low: number, high: number): number;
  /** Standard normal. */
  normal(): number;
  /** Gamma distributed with this mean and standard deviation. */
  gamma(mean: number, deviation: number): number;
}

/** Mulberry32: 32 bits of state, good enough for shapes of demand. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number) => low + (high - low) * next();
  // Box and Muller; 1 - next() is never 0.
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const gamma = (mean: number, deviation: number) => {
    const shape = (mean / deviation) ** 2;
    return standardGamma(shape, next, normal) * (mean / shape);
  };
  return { next, between, normal, gamma };
}

/** Marsaglia and Tsang (2000), with their boost for shapes below 1. */
function standardGamma(shape: number, next: () => number, normal: () => number): number {
  if (shape < 1) return standardGamma(shape + 1, next, normal) * (1 - next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
