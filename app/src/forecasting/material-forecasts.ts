import { z } from "zod";
import type { TenantDatabase } from "../platform/db.ts";
import { NotFoundError } from "../platform/errors.ts";
import { decodeCursor, foreignCursor, toPage } from "../platform/pagination.ts";
import { findRun } from "../runs/sql/find-run.ts";
import { newestCompletedRun } from "../runs/sql/newest-run.ts";
import { periodStarts } from "./demand-series.ts";
import { type ForecastFilter, listForecasts, type StoredForecast } from "./sql/list-forecasts.ts";

const interval = z.object({ lower: z.array(z.number()), upper: z.array(z.number()) });
const forecast = z.object({
  sku: z.string(),
  facility: z.string(),
  model: z.string(),
  period: z.enum(["day", "month"]),
  dates: z.array(z.iso.date()),
  point: z.array(z.number()),
  interval80: interval,
  interval95: interval,
  accuracy: z.object({ judgedBy: z.enum(["mape", "mase"]).nullable(), mape: z.number().nullable(), mapeExcluded: z.int(), wape: z.number().nullable(), mase: z.number().nullable(), rmsse: z.number().nullable(), mae: z.number().nullable(), rmse: z.number().nullable(), bias: z.number().nullable(), trackingSignal: z.number().nullable() }),
  historyPeriods: z.int(),
  selection: z.record(z.string(), z.unknown()),
});

/** A page of forecasts of one run; without a completed run it is empty and names none. */
export const forecastPage = z.object({ runId: z.uuid().nullable(), asOf: z.iso.date().nullable(), forecasts: z.array(forecast), nextCursor: z.string().nullable() });

/** Which forecasts are wanted, and how many of them at once. */
export interface ForecastQuery extends ForecastFilter {
  /** A run's id; without it the newest completed run is shown. */
  readonly run: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/**
 * Forecasts in the order of skus and facilities.
 *
 * @throws NotFoundError when the run that is asked for does not exist, InvalidRequestError for a cursor of another list
 */
export async function getMaterialForecasts(database: TenantDatabase, { run: askedFor, limit, cursor, ...filter }: ForecastQuery): Promise<z.infer<typeof forecastPage>> {
  // The cursor holds on to its run, so that a run that completes meanwhile does not mix two.
  const [cursorRun, ...position] = cursor === undefined ? [] : decodeCursor(cursor, 3);
  if (cursorRun !== undefined && !z.uuid().safeParse(cursorRun).success) throw foreignCursor();
  const wanted = cursorRun ?? askedFor;
  const run = wanted === undefined ? await newestCompletedRun(database) : await findRun(database, wanted);
  if (run === undefined && wanted !== undefined) throw new NotFoundError(`There is no forecast run ${wanted}.`);
  if (run === undefined) return { runId: null, asOf: null, forecasts: [], nextCursor: null };
  const page = toPage(await listForecasts(database, run.runId, position, filter, limit + 1), limit, (row) => [run.runId, row.sku, row.facility]);
  const datesOf = sharedDates();
  return { runId: run.runId, asOf: run.asOf, forecasts: page.rows.map((row) => describeForecast(row, datesOf(row))), nextCursor: page.nextCursor };
}

/** The dates of forecasts; those of one run are nearly all the same, and are written once. */
function sharedDates(): (forecast: StoredForecast) => string[] {
  const known = new Map<string, string[]>();
  return ({ nextDay, period, point: { length } }) => {
    const key = `${nextDay} ${period} ${length}`;
    const dates = known.get(key) ?? periodStarts(nextDay, period, length);
    known.set(key, dates);
    return dates;
  };
}

function describeForecast(row: StoredForecast, dates: string[]): z.infer<typeof forecast> {
  return {
    sku: row.sku,
    facility: row.facility,
    model: row.model,
    period: row.period,
    dates,
    point: row.point,
    interval80: { lower: row.lower80, upper: row.upper80 },
    interval95: { lower: row.lower95, upper: row.upper95 },
    accuracy: { judgedBy: row.judgedBy, mape: row.itemMape, mapeExcluded: row.mapeExcluded, wape: row.wape, mase: row.mase, rmsse: row.rmsse, mae: row.mae, rmse: row.rmse, bias: row.bias, trackingSignal: row.trackingSignal },
    historyPeriods: row.historyPeriods,
    selection: { ...row.selection },
  };
}
