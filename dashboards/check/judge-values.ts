import type { Expectation } from "./questions.ts";

/** What no value of a unit is beyond: 20 years are a point in time that is shown as a duration. */
const plausible: Readonly<Record<string, { readonly least: number; readonly most: number }>> = {
  s: { least: -Infinity, most: 20 * 365 * 86_400 },
  bytes: { least: 0, most: 2 ** 60 },
  percent: { least: 0, most: 10_000 },
  percentunit: { least: -100, most: 100 },
  reqps: { least: 0, most: 1e9 },
  ops: { least: 0, most: 1e9 },
  opm: { least: 0, most: 1e9 },
  none: { least: -1e9, most: 1e9 },
};

/**
 * What is wrong with the values that a panel would draw.
 *
 * @param values of all series and moments; NaN is what Prometheus says for 0 / 0
 * @returns one sentence, or undefined when they can be drawn
 */
export function judgeValues(values: readonly number[], { unit, min, max, emptyIsGood }: Expectation): string | undefined {
  const limits = plausible[unit];
  if (limits === undefined) return `has the unit "${unit}", of which nobody has said what is plausible (dashboards/check/judge-values.ts).`;
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return emptyIsGood ? undefined : "has no value, and does not say that this is good.";
  const infinite = known.find((value) => !Number.isFinite(value));
  if (infinite !== undefined) return `is infinite (${infinite}).`;
  const least = Math.max(limits.least, min ?? -Infinity);
  const most = Math.min(limits.most, max ?? Infinity);
  const beyond = known.find((value) => value < least - TOLERANCE || value > most + TOLERANCE);
  return beyond === undefined ? undefined : `is ${beyond}, which is outside ${least} to ${most} (${unit}).`;
}

/** What sums of floating-point numbers may be off. */
const TOLERANCE = 1e-6;
