import type { TenantDatabase } from "../../platform/db.ts";
import { type SummedAccuracy, summed } from "./summed-accuracy.ts";

/** Which series are compared, in which window (both days included, as YYYY-MM-DD); null does not filter. */
export interface Comparison {
  readonly from: string;
  readonly to: string;
  readonly sku: string | null;
  readonly facility: string | null;
  readonly category: string | null;
}

/** The forecasts `f` of a run that are asked for. */
const forecastsOf = (run: string) => `forecasts f ON f.run_id = ${run}.run_id AND f.tenant_id = $1 AND ($4::text IS NULL OR f.sku = $4) AND ($5::text IS NULL OR f.facility_id = $5)`;

/**
 * The periods of the window, each with what was forecast and what happened. Each
 * day is answered for by the newest run that did not know it yet, so that the
 * days of one run follow each other. A month is compared only when the whole of
 * it lies in the window. A period without a record is one without demand.
 *
 * Forecasts meet the demand of the window in one join, however many runs answer
 * for it. Statistics that have not seen the newest days must not make the planner
 * loop over them: the bounds of the window come from `starts`, so that it cannot
 * believe that there is next to no demand in it, and OFFSET 0 keeps the forecast
 * days one table, of which a loop looks each up by the whole of a key.
 */
const pairs = `
  WITH starts AS (
    SELECT d::date AS day, run.run_id
    FROM generate_series($2::date, $3::date, interval '1 day') AS d
    CROSS JOIN LATERAL (
      SELECT run_id
      FROM forecast_runs
      WHERE tenant_id = $1 AND status = 'completed' AND as_of < d
      ORDER BY as_of DESC, requested_at DESC
      LIMIT 1
    ) AS run
  ), spans AS (
    SELECT run_id, min(day) AS first, max(day) AS last FROM starts GROUP BY run_id
  ), pairs AS (
    SELECT ahead.facility_id, ahead.material_id, ahead.day, ahead.forecast, coalesce(h.quantity, 0) AS actual
    FROM (
      SELECT f.facility_id, f.material_id, greatest(spans.first, f.forecast_date) + n::int - 1 AS day, forecast
      FROM spans
      JOIN ${forecastsOf("spans")}
      CROSS JOIN LATERAL unnest(f.point[1 + greatest(spans.first, f.forecast_date) - f.forecast_date : 1 + spans.last - f.forecast_date]) WITH ORDINALITY AS points (forecast, n)
      WHERE f.period = 'day' AND forecast IS NOT NULL
      OFFSET 0
    ) AS ahead
    LEFT JOIN demand_history h ON h.tenant_id = $1 AND h.facility_id = ahead.facility_id AND h.material_id = ahead.material_id AND h.demand_date = ahead.day
      AND h.demand_date BETWEEN (SELECT min(day) FROM starts) AND (SELECT max(day) FROM starts)
    UNION ALL
    SELECT month.facility_id, month.material_id, month.day, month.forecast, month.actual
    FROM (
      SELECT f.facility_id, f.material_id, starts.day,
             f.point[1 + 12 * (date_part('year', starts.day) - date_part('year', f.forecast_date))::int + (date_part('month', starts.day) - date_part('month', f.forecast_date))::int] AS forecast,
             coalesce((SELECT sum(h.quantity) FROM demand_history h
                       WHERE h.tenant_id = $1 AND h.facility_id = f.facility_id AND h.material_id = f.material_id
                         AND h.demand_date >= starts.day AND h.demand_date < starts.day + interval '1 month'), 0) AS actual
      FROM starts
      JOIN ${forecastsOf("starts")}
      WHERE f.period = 'month' AND date_part('day', starts.day) = 1 AND starts.day + interval '1 month' <= $3::date + interval '1 day'
    ) AS month
    WHERE month.forecast IS NOT NULL
  )`;

const listSql = `
  ${pairs}
  SELECT p.day::text AS date, p.forecast, p.actual
  FROM pairs p
  JOIN items i USING (material_id)
  WHERE $6::text IS NULL OR i.category = $6
  ORDER BY p.day`;

/** A period with what was forecast for it and what happened. */
export interface ComparedPeriod {
  date: string;
  forecast: number;
  actual: number;
}

/** The periods of one series, oldest first. */
export function comparePeriods(database: TenantDatabase, comparison: Comparison): Promise<ComparedPeriod[]> {
  return database.read<ComparedPeriod>("accuracy.compare", listSql, valuesOf(database, comparison));
}

/**
 * The sums over the pairs of each series that its measures are made of, for the
 * model that forecast the newest of them: one look at the primary key of
 * forecasts for each series, which LIMIT keeps the planner to.
 */
export const sums = `
  ${pairs}, added AS (
    SELECT facility_id, material_id, max(day) AS last, count(*)::int AS periods, sum(abs(forecast - actual)) AS errors, sum((forecast - actual) * (forecast - actual)) AS squares, sum(actual) AS actuals, sum(forecast - actual) AS differences,
           count(*) FILTER (WHERE actual > 0)::int AS with_demand, coalesce(sum(abs(forecast - actual) / actual) FILTER (WHERE actual > 0), 0) AS ratios
    FROM pairs
    GROUP BY facility_id, material_id
  ), sums AS (
    SELECT added.*, newest.model, newest.judged_by
    FROM added
    JOIN starts ON starts.day = added.last
    CROSS JOIN LATERAL (
      SELECT model, judged_by FROM forecasts WHERE run_id = starts.run_id AND material_id = added.material_id AND facility_id = added.facility_id
      LIMIT 1
    ) AS newest
  )`;

const sumSql = `
  ${sums}
  ${summed(`
    SELECT coalesce(i.category, 'none') AS category, s.*
    FROM sums s
    JOIN items i USING (material_id)
    WHERE $6::text IS NULL OR i.category = $6`)}`;

/** All series with compared periods, added up in one statement. */
export function compareSeries(database: TenantDatabase, comparison: Comparison): Promise<SummedAccuracy[]> {
  return database.read<SummedAccuracy>("accuracy.compare-all", sumSql, valuesOf(database, comparison));
}

function valuesOf({ tenant }: TenantDatabase, { from, to, sku, facility, category }: Comparison): unknown[] {
  return [tenant, from, to, sku, facility, category];
}
