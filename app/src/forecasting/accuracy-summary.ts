import type { SummedAccuracy } from "./sql/summed-accuracy.ts";

/** Accuracy over a group of series; a measure without a value is null. */
export interface AccuracyOfGroup {
  /** The model or the category; `all` for the whole. */
  readonly group: string;
  /** Items at facilities. */
  readonly items: number;
  readonly periods: number;
  /** Percent: MAPE of each series that it can judge, weighted by its volume. */
  readonly mape: number | null;
  readonly mapeItems: number;
  /** Percent: Σ|error| / Σactual. */
  readonly wape: number | null;
  /** Percent: Σ(forecast - actual) / Σactual; above 0 the forecasts were too high. */
  readonly bias: number | null;
}

/** Adds up what belongs to a group. */
export function accuracyOf(group: string, parts: readonly SummedAccuracy[]): AccuracyOfGroup {
  const actual = sum(parts, ({ actualSum }) => actualSum);
  const percent = (part: number, whole: number) => (whole === 0 ? null : (100 * part) / whole);
  return {
    group,
    items: sum(parts, ({ items }) => items),
    periods: sum(parts, ({ periods }) => periods),
    mape: percent(sum(parts, ({ weightedMapeSum }) => weightedMapeSum), sum(parts, ({ judgedActualSum }) => judgedActualSum)),
    mapeItems: sum(parts, ({ judgedItems }) => judgedItems),
    wape: percent(sum(parts, ({ errorSum }) => errorSum), actual),
    bias: percent(sum(parts, ({ differenceSum }) => differenceSum), actual),
  };
}

/** The accuracy of each group, in the order of their names. */
export function accuracyBy(key: (part: SummedAccuracy) => string, parts: readonly SummedAccuracy[]): AccuracyOfGroup[] {
  return [...Map.groupBy(parts, key)].map(([group, members]) => accuracyOf(group, members)).sort((a, b) => (a.group < b.group ? -1 : 1));
}

function sum(parts: readonly SummedAccuracy[], value: (part: SummedAccuracy) => number): number {
  return parts.reduce((total, part) => total + value(part), 0);
}
