/** Points of the first look over the interval. */
const GRID = 8;
/** 1 - (√5 - 1) / 2: the share of a bracket at which golden section looks next. */
const GOLDEN = 0.3819660112501051;
/** Looks closer together than this share of the interval tell nothing more. */
const TOLERANCE = 1e-4;
const MOST_STEPS = 40;

/**
 * Minimises a function of one variable on [low, high]: a look at GRID + 1
 * points, then Brent's method (1973) between the neighbours of the best, because
 * the squared errors of smoothing can have more than one valley. The first look
 * is what most of the time goes to; the second ends after about ten more.
 *
 * @returns the best point found, exact to 1e-4 of the interval
 */
export function minimizeBetween(low: number, high: number, objective: (x: number) => number): number {
  const step = (high - low) / GRID;
  let best = low;
  let bestValue = Infinity;
  for (let index = 0; index <= GRID; index += 1) {
    const x = low + index * step;
    const value = objective(x);
    if (value < bestValue) {
      best = x;
      bestValue = value;
    }
  }
  return minimizeAround(best, bestValue, Math.max(low, best - step), Math.min(high, best + step), TOLERANCE * (high - low), objective);
}

/** Brent's method from a point that is best so far: parabolas through the three best points, golden section where a parabola is of no use. */
function minimizeAround(start: number, startValue: number, low: number, high: number, tolerance: number, objective: (x: number) => number): number {
  let [a, b] = [low, high];
  let best = start;
  let bestValue = startValue;
  let second = start;
  let secondValue = startValue;
  let third = start;
  let thirdValue = startValue;
  let move = 0;
  let moveBefore = 0;
  for (let count = 0; count < MOST_STEPS; count += 1) {
    const middle = (a + b) / 2;
    if (Math.abs(best - middle) <= 2 * tolerance - (b - a) / 2) break;
    const parabola = parabolaStep(best, bestValue, second, secondValue, third, thirdValue);
    const useful = Math.abs(parabola) < Math.abs(moveBefore) / 2 && best + parabola > a && best + parabola < b;
    moveBefore = useful ? move : best < middle ? b - best : a - best;
    move = useful ? parabola : GOLDEN * moveBefore;
    const x = Math.abs(move) >= tolerance ? best + move : best + Math.sign(move) * tolerance;
    const value = objective(x);
    if (value <= bestValue) {
      if (x < best) b = best;
      else a = best;
      [third, thirdValue, second, secondValue, best, bestValue] = [second, secondValue, best, bestValue, x, value];
    } else {
      if (x < best) a = x;
      else b = x;
      if (value <= secondValue || second === best) [third, thirdValue, second, secondValue] = [second, secondValue, x, value];
      else if (value <= thirdValue || third === best || third === second) [third, thirdValue] = [x, value];
    }
  }
  return best;
}

/** How far the lowest point of the parabola through three points is from the first; Infinity where there is none. */
function parabolaStep(x: number, fx: number, w: number, fw: number, v: number, fv: number): number {
  const r = (x - w) * (fx - fv);
  const q = (x - v) * (fx - fw);
  const divisor = 2 * (q - r);
  return divisor === 0 ? Infinity : -((x - v) * q - (x - w) * r) / divisor;
}
