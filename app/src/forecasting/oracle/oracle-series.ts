import { sampleCatalogue } from "../../../sample/catalogue.ts";
import { SAMPLE_END, type ShapeName } from "../../../sample/shapes.ts";
import { dayNumber, type DemandPeriod, seasonLengths, toDemandSeries } from "../demand-series.ts";
import type { Series } from "../models/forecast.ts";

/** A series on which this implementation is compared with another one. */
export interface OracleSeries {
  readonly sku: string;
  readonly seasonLength: number;
  /** What the models may see. */
  readonly history: Series;
  /** What they are tested on: the periods that follow. */
  readonly holdout: Series;
}

/** Periods that are held out: four weeks of days, a year of months. */
const holdouts: Readonly<Record<DemandPeriod, number>> = { day: 28, month: 12 };

/** The first items of each shape. New ones are left out: with the holdout taken off, no seasonal model is defined for them. */
const counts: Readonly<Partial<Record<ShapeName | "real", number>>> = { real: 2, steady: 10, trending: 10, "weekly-seasonal": 12, intermittent: 10, lumpy: 5, dead: 3 };

/** The two real series and 50 generated ones, the same on every machine. */
export function oracleSeries(): OracleSeries[] {
  const taken: Partial<Record<ShapeName | "real", number>> = {};
  return [...sampleCatalogue()].flatMap(({ sku, category, period, demand }) => {
    const before = taken[category] ?? 0;
    taken[category] = before + 1;
    if (before >= (counts[category] ?? 0)) return [];
    const { values } = toDemandSeries({ days: demand.map(({ date }) => dayNumber(date)), quantities: demand.map(({ quantity }) => quantity) }, period, dayNumber(SAMPLE_END));
    const known = values.length - holdouts[period];
    return [{ sku, seasonLength: seasonLengths[period], history: values.subarray(0, known), holdout: values.subarray(known) }];
  });
}
