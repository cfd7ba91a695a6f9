import type { Series } from "./models/forecast.ts";

/** The step of a series. */
export type DemandPeriod = "day" | "month";

/** Periods that make a season: a week of days, a year of months. */
export const seasonLengths: Readonly<Record<DemandPeriod, number>> = { day: 7, month: 12 };

/** Older history than this many periods no longer says anything about the next ones. */
export const HISTORY_PERIODS = 730;

/** The days with recorded demand, oldest first. A day is counted from 1970-01-01. */
export interface RecordedDemand {
  readonly days: readonly number[];
  readonly quantities: readonly number[];
}

/** A series without gaps, and the first day of the period that follows it. */
export interface DemandSeries {
  readonly values: Series;
  readonly nextDay: number;
}

/**
 * Fills the gaps between recorded days with 0, from the first record to `asOf`,
 * the newest day of which demand is known. Months are sums of their days; a
 * month that has not ended at `asOf` is left out, and is the first one forecast.
 */
export function toDemandSeries({ days, quantities }: RecordedDemand, period: DemandPeriod, asOf: number): DemandSeries {
  const last = period === "day" ? asOf : monthOf(asOf + 1) - 1;
  const index = period === "day" ? (day: number) => day : monthOf;
  const next = last + 1;
  const first = Math.max(days[0] === undefined ? next : index(days[0]), next - HISTORY_PERIODS);
  const values = new Float64Array(Math.max(next - first, 0));
  days.forEach((day, record) => {
    const position = index(day) - first;
    if (position >= 0 && position < values.length) values[position] = (values[position] ?? 0) + (quantities[record] ?? 0);
  });
  return { values, nextDay: period === "day" ? next : firstDayOf(next) };
}

/** How many periods begin in the `days` days from `nextDay`, at least one. */
export function periodsWithin(nextDay: number, period: DemandPeriod, days: number): number {
  return period === "day" ? days : monthOf(nextDay + days - 1) - monthOf(nextDay) + 1;
}

/** The days (as YYYY-MM-DD) on which the next `horizon` periods start. */
export function periodStarts(nextDay: number, period: DemandPeriod, horizon: number): string[] {
  return Array.from({ length: horizon }, (_, step) => isoDate(period === "day" ? nextDay + step : firstDayOf(monthOf(nextDay) + step)));
}

/** YYYY-MM-DD of a day counted from 1970-01-01. */
export function isoDate(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** The day, counted from 1970-01-01, of a YYYY-MM-DD. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY;
}

const MS_PER_DAY = 86_400_000;

/** Months since January 1970. */
function monthOf(day: number): number {
  const date = new Date(day * MS_PER_DAY);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

function firstDayOf(month: number): number {
  return Date.UTC(1970, month, 1) / MS_PER_DAY;
}
