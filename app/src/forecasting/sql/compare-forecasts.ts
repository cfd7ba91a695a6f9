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

/**
 * The forecasts `f` that answer for the window. Each day is answered for by the
 * newest run that did not know it yet, so that the days of one run follow each
 * other.
 *
 * @param ofEach what is wanted of each of them: a SELECT over `pairsOfForecast`, or that itself
 */
const compared = (ofEach: string): string => `
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
  ), compared AS MATERIALIZED (
    SELECT f.facility_id, f.material_id, f.model, f.judged_by, of_each.*
    FROM spans
    JOIN forecasts f ON f.run_id = spans.run_id AND f.tenant_id = $1 AND ($4::text IS NULL OR f.sku = $4) AND ($5::text IS NULL OR f.facility_id = $5)
    CROSS JOIN LATERAL (${ofEach}) AS of_each
  )`;

/**
 * The periods of one forecast `f` that lie in the window, each with what was
 * forecast and what happened. A month is compared only when the whole of it lies
 * in the window. A period without a record is one without demand. The demand of
 * a series is read in one stretch of its primary key; OFFSET 0 keeps the planner
 * to that, whatever it believes of tables that have just grown.
 */
const pairsOfForecast = `
  SELECT ahead.day, ahead.forecast, coalesce(h.quantity, 0) AS actual
  FROM (
    SELECT greatest(spans.first, f.forecast_date) + n::int - 1 AS day, forecast
    FROM unnest(f.point[1 + greatest(spans.first, f.forecast_date) - f.forecast_date : 1 + spans.last - f.forecast_date]) WITH ORDINALITY AS points (forecast, n)
  ) AS ahead
  LEFT JOIN (
    SELECT demand_date, quantity FROM demand_history
    WHERE tenant_id = $1 AND facility_id = f.facility_id AND material_id = f.material_id AND demand_date BETWEEN spans.first AND spans.last
    OFFSET 0
  ) AS h ON h.demand_date = ahead.day
  WHERE f.period = 'day' AND ahead.forecast IS NOT NULL
  UNION ALL
  SELECT month.day, month.forecast, month.actual
  FROM (
    SELECT starts.day,
           f.point[1 + 12 * (date_part('year', starts.day) - date_part('year', f.forecast_date))::int + (date_part('month', starts.day) - date_part('month', f.forecast_date))::int] AS forecast,
           coalesce((SELECT sum(h.quantity) FROM demand_history h
                     WHERE h.tenant_id = $1 AND h.facility_id = f.facility_id AND h.material_id = f.material_id
                       AND h.demand_date >= starts.day AND h.demand_date < starts.day + interval '1 month'), 0) AS actual
    FROM starts
    WHERE starts.run_id = f.run_id AND date_part('day', starts.day) = 1 AND starts.day + interval '1 month' <= $3::date + interval '1 day'
  ) AS month
  WHERE f.period = 'month' AND month.forecast IS NOT NULL`;

const listSql = `
  ${compared(pairsOfForecast)}
  SELECT c.day::text AS date, c.forecast, c.actual
  FROM compared c
  JOIN items i USING (material_id)
  WHERE $6::text IS NULL OR i.category = $6
  ORDER BY c.day`;

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
 * model that forecast the newest of them. Each forecast's pairs are added up
 * where they are read: they are many.
 */
export const sums = `
  ${compared(`
    SELECT max(day) AS last, count(*) AS periods, sum(abs(forecast - actual)) AS errors, sum((forecast - actual) * (forecast - actual)) AS squares, sum(actual) AS actuals, sum(forecast - actual) AS differences,
           count(*) FILTER (WHERE actual > 0) AS with_demand, coalesce(sum(abs(forecast - actual) / actual) FILTER (WHERE actual > 0), 0) AS ratios
    FROM (${pairsOfForecast}) AS pair
    HAVING count(*) > 0`)}, sums AS MATERIALIZED (
    SELECT facility_id, material_id, (array_agg(model ORDER BY last DESC))[1] AS model, (array_agg(judged_by ORDER BY last DESC))[1] AS judged_by, sum(periods)::int AS periods, sum(errors) AS errors,
           sum(squares) AS squares, sum(actuals) AS actuals, sum(differences) AS differences, sum(with_demand)::int AS with_demand, sum(ratios) AS ratios
    FROM compared
    GROUP BY facility_id, material_id
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
