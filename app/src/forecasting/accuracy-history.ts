import { z } from "zod";
import type { TenantDatabase } from "../platform/db.ts";
import { day, text } from "../platform/fields.ts";
import { decodeCursor, foreignCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { dayNumber, isoDate } from "./demand-series.ts";
import { newestDemandDay } from "./sql/known-demand.ts";
import { listMeasuredAccuracy } from "./sql/list-measured-accuracy.ts";
import { measureAccuracyOf } from "./sql/measure-accuracy.ts";

/** Days of the period that is measured after each run. */
const PERIOD_DAYS = 30;

/** Whose measures are asked for; all facilities when none is named. */
export const accuracyHistoryQuery = z.strictObject({ ...pageQuery, sku: text(64), facility: text(64).optional() });

const measure = z.number().nullable();
const measuredAccuracy = z.object({
  facility: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  model: z.string(),
  periods: z.int(),
  mape: measure,
  mapeExcluded: z.int(),
  wape: measure,
  bias: measure,
  mae: z.number(),
  rmse: z.number(),
  trackingSignal: z.number(),
});

export const accuracyHistoryPage = z.object({ measured: z.array(measuredAccuracy), nextCursor: z.string().nullable() });

/** How accurate the forecasts for an item turned out to be, period by period, newest first. */
export async function getAccuracyHistory(database: TenantDatabase, { limit, cursor, ...filter }: z.infer<typeof accuracyHistoryQuery>): Promise<z.infer<typeof accuracyHistoryPage>> {
  const position = cursor === undefined ? [] : decodeCursor(cursor, 2);
  if (position[0] !== undefined && !day.safeParse(position[0]).success) throw foreignCursor();
  const page = toPage(await listMeasuredAccuracy(database, filter, position, limit + 1), limit, ({ to, facility }) => [to, facility]);
  return { measured: [...page.rows], nextCursor: page.nextCursor };
}

/**
 * Measures the last 30 days of known demand against what was forecast for them,
 * and keeps the measures. Measuring a period again replaces them.
 *
 * @returns the number of series that were measured
 */
export async function measureNewestPeriod(database: TenantDatabase): Promise<number> {
  const to = await newestDemandDay(database);
  if (to === null) return 0;
  return measureAccuracyOf(database, { from: isoDate(dayNumber(to) - PERIOD_DAYS + 1), to });
}
