import type { ComparedSeries } from "./sql/compare-forecasts.ts";

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

/** Adds up series. Those with many empty periods have no part in MAPE, which they make meaningless (Hyndman and Koehler 2006). */
export function accuracyOf(group: string, series: readonly ComparedSeries[]): AccuracyOfGroup {
  const actual = sum(series, ({ actualSum }) => actualSum);
  const percent = (part: number) => (actual === 0 ? null : (100 * part) / actual);
  const judged = series.filter(({ judgedByMase, periodsWithDemand }) => !judgedByMase && periodsWithDemand > 0);
  const volume = sum(judged, ({ actualSum }) => actualSum);
  return {
    group,
    items: series.length,
    periods: sum(series, ({ periods }) => periods),
    mape: judged.length === 0 ? null : (100 * sum(judged, ({ ratioSum, periodsWithDemand, actualSum }) => (ratioSum / periodsWithDemand) * actualSum)) / volume,
    mapeItems: judged.length,
    wape: percent(sum(series, ({ errorSum }) => errorSum)),
    bias: percent(sum(series, ({ differenceSum }) => differenceSum)),
  };
}

/** The accuracy of each group, in the order of their names. */
export function accuracyBy(key: (series: ComparedSeries) => string, series: readonly ComparedSeries[]): AccuracyOfGroup[] {
  return [...Map.groupBy(series, key)].map(([group, members]) => accuracyOf(group, members)).sort((a, b) => (a.group < b.group ? -1 : 1));
}

function sum(series: readonly ComparedSeries[], value: (series: ComparedSeries) => number): number {
  return series.reduce((total, one) => total + value(one), 0);
}
