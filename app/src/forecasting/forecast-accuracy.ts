import { z } from "zod";
import type { TenantDatabase } from "../platform/db.ts";
import { InvalidRequestError, NotFoundError } from "../platform/errors.ts";
import { day, text } from "../platform/fields.ts";
import { DEFAULT_FACILITY } from "../platform/tenant.ts";
import { measureAccuracy, naiveErrors } from "./accuracy.ts";
import { accuracyBy, accuracyOf } from "./accuracy-summary.ts";
import { dayNumber, isoDate, seasonLengths, toDemandSeries } from "./demand-series.ts";
import { comparePeriods, compareSeries } from "./sql/compare-forecasts.ts";
import { demandBefore, newestDemandDay } from "./sql/known-demand.ts";
import { listKeptAccuracy, listNewestAccuracy } from "./sql/list-kept-accuracy.ts";
import type { SummedAccuracy } from "./sql/summed-accuracy.ts";

/** Days of a window that is not asked for otherwise, and the most that one may have. */
const WINDOW_DAYS = 30;
const LONGEST_WINDOW_DAYS = 366;

/** What the accuracy of one item can be asked for. */
export const itemAccuracyQuery = z.strictObject({ sku: text(64), facility: text(64).default(DEFAULT_FACILITY), from: day.optional(), to: day.optional() });
/** What the summary can be asked for. */
export const accuracySummaryQuery = z.strictObject({ facility: text(64).optional(), category: text(64).optional(), from: day.optional(), to: day.optional() });

const measure = z.number().nullable();

/** How far the forecasts of an item were from what happened in a window. */
export const itemAccuracy = z.object({
  sku: z.string(),
  facility: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  periods: z.int(),
  mape: measure,
  mapeExcluded: z.int(),
  wape: measure,
  mase: measure,
  rmsse: measure,
  mae: measure,
  rmse: measure,
  bias: measure,
  trackingSignal: measure,
});

const groupAccuracy = z.object({ group: z.string(), items: z.int(), periods: z.int(), mape: measure, mapeItems: z.int(), wape: measure, bias: measure });

/** The same over all items: overall, by model and by category. */
export const accuracySummary = z.object({ from: z.iso.date(), to: z.iso.date(), overall: groupAccuracy, byModel: z.array(groupAccuracy), byCategory: z.array(groupAccuracy) });

interface Window {
  readonly from: string;
  readonly to: string;
}

/**
 * Compares what was forecast for the periods of a window with the demand of
 * them. Each period is judged by the newest run that did not know it yet, so
 * that the measures say what a planner could have known.
 *
 * @throws NotFoundError when there is no such item
 */
export async function calculateForecastAccuracy(database: TenantDatabase, { sku, facility, ...asked }: z.infer<typeof itemAccuracyQuery>): Promise<z.infer<typeof itemAccuracy>> {
  const window = await windowOf(database, asked);
  const history = await demandBefore(database, sku, facility, window.from);
  if (history === undefined) throw new NotFoundError(`There is no item ${sku}.`);
  const compared = await comparePeriods(database, { ...window, sku, facility, category: null });
  const known = toDemandSeries(history, history.period, dayNumber(window.from) - 1);
  const { mape, mapeExcluded, wape, mase, rmsse, mae, rmse, bias, trackingSignal } = measureAccuracy(
    Float64Array.from(compared, ({ actual }) => actual),
    Float64Array.from(compared, ({ forecast }) => forecast),
    naiveErrors(known.values, seasonLengths[history.period]),
  );
  return { sku, facility, ...window, periods: compared.length, mape, mapeExcluded, wape, mase, rmsse, mae, rmse, bias, trackingSignal };
}

/**
 * The accuracy of all items, of one facility or of one category, compared as for
 * one item; each series counts for the model that forecast its newest part.
 * Without a window it is that of the 30 days that were measured after the last
 * run. A window that was measured so is not compared again, unless demand in it
 * has been corrected since.
 */
export async function getForecastAccuracySummary(database: TenantDatabase, { facility, category, ...asked }: z.infer<typeof accuracySummaryQuery>): Promise<z.infer<typeof accuracySummary>> {
  const which = { facility: facility ?? null, category: category ?? null };
  const measured = asked.from === undefined && asked.to === undefined ? await listNewestAccuracy(database, which) : undefined;
  if (measured !== undefined) return summaryOf(measured, measured.parts);
  const window = await windowOf(database, asked);
  return summaryOf(window, (await listKeptAccuracy(database, window, which)) ?? (await compareSeries(database, { ...window, sku: null, ...which })));
}

function summaryOf({ from, to }: Window, parts: readonly SummedAccuracy[]): z.infer<typeof accuracySummary> {
  return { from, to, overall: accuracyOf("all", parts), byModel: accuracyBy(({ model }) => model, parts), byCategory: accuracyBy(({ category }) => category, parts) };
}

/** The window that is asked for, as far as demand is known; the last 30 known days when nothing is. */
async function windowOf(database: TenantDatabase, { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): Promise<Window> {
  const known = dayNumber((await newestDemandDay(database)) ?? new Date().toISOString().slice(0, 10));
  const last = to === undefined ? known : Math.min(dayNumber(to), known);
  const first = from === undefined ? last - WINDOW_DAYS + 1 : dayNumber(from);
  if (from !== undefined && to !== undefined && from > to) throw new InvalidRequestError("from must not be later than to.");
  if (first > known) throw new InvalidRequestError(`Demand is known until ${isoDate(known)}; ask for a window that begins before.`);
  if (last - first >= LONGEST_WINDOW_DAYS) throw new InvalidRequestError(`From ${isoDate(first)} to ${isoDate(last)} are more than ${LONGEST_WINDOW_DAYS} days; ask for a shorter window.`);
  return { from: isoDate(first), to: isoDate(last) };
}
