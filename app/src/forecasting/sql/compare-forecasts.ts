import type { TenantDatabase } from "../../platform/db.ts";

/** Which series are compared, in which window (both days included, as YYYY-MM-DD); null does not filter. */
export interface Comparison {
  readonly from: string;
  readonly to: string;
  readonly sku: string | null;
  readonly facility: string | null;
  readonly category: string | null;
}

/**
 * Each day is compared with the forecast of the newest run that did not know it
 * yet; a month with that of the newest run before its first day, and only when
 * the whole month lies in the window. A day without a record is one without
 * demand. Demand is looked up by its primary key, pair by pair: whatever the
 * planner believes of tables that have just grown, that takes microseconds.
 * MATERIALIZED keeps it from finding all pairs again for each item they are joined with.
 */
export const pairs = `
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
  ), pairs AS MATERIALIZED (
    SELECT f.sku, f.facility_id, f.material_id, f.model, f.judged_by, starts.day, f.point[1 + starts.day - f.forecast_date] AS forecast,
           coalesce((SELECT h.quantity FROM demand_history h
                     WHERE h.tenant_id = $1 AND h.facility_id = f.facility_id AND h.material_id = f.material_id AND h.demand_date = starts.day), 0) AS actual
    FROM starts
    JOIN forecasts f ON f.run_id = starts.run_id AND f.tenant_id = $1 AND f.period = 'day' AND ($4::text IS NULL OR f.sku = $4) AND ($5::text IS NULL OR f.facility_id = $5)
    UNION ALL
    SELECT f.sku, f.facility_id, f.material_id, f.model, f.judged_by, starts.day,
           f.point[1 + 12 * (date_part('year', starts.day) - date_part('year', f.forecast_date))::int + (date_part('month', starts.day) - date_part('month', f.forecast_date))::int],
           coalesce((SELECT sum(h.quantity) FROM demand_history h
                     WHERE h.tenant_id = $1 AND h.facility_id = f.facility_id AND h.material_id = f.material_id
                       AND h.demand_date >= starts.day AND h.demand_date < starts.day + interval '1 month'), 0)
    FROM starts
    JOIN forecasts f ON f.run_id = starts.run_id AND f.tenant_id = $1 AND f.period = 'month' AND ($4::text IS NULL OR f.sku = $4) AND ($5::text IS NULL OR f.facility_id = $5)
    WHERE date_part('day', starts.day) = 1 AND starts.day + interval '1 month' <= $3::date + interval '1 day'
  )`;

const listSql = `
  ${pairs}
  SELECT p.day::text AS date, p.forecast, p.actual
  FROM pairs p
  JOIN items i USING (material_id)
  WHERE p.forecast IS NOT NULL AND ($6::text IS NULL OR i.category = $6)
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

const sumSql = `
  ${pairs}
  SELECT coalesce(i.category, 'none') AS category, (array_agg(p.model ORDER BY p.day DESC))[1] AS model, coalesce((array_agg(p.judged_by ORDER BY p.day DESC))[1] = 'mase', false) AS "judgedByMase",
         count(*)::int AS periods, sum(abs(p.forecast - p.actual)) AS "errorSum", sum(p.actual) AS "actualSum", sum(p.forecast - p.actual) AS "differenceSum",
         count(*) FILTER (WHERE p.actual > 0)::int AS "periodsWithDemand", coalesce(sum(abs(p.forecast - p.actual) / p.actual) FILTER (WHERE p.actual > 0), 0) AS "ratioSum"
  FROM pairs p
  JOIN items i USING (material_id)
  WHERE p.forecast IS NOT NULL AND ($6::text IS NULL OR i.category = $6)
  GROUP BY p.material_id, p.facility_id, i.category`;

/** Sums over the compared periods of one series. */
export interface ComparedSeries {
  category: string;
  /** The one that forecast the newest of them. */
  model: string;
  judgedByMase: boolean;
  periods: number;
  /** Σ|forecast - actual| */
  errorSum: number;
  actualSum: number;
  /** Σ(forecast - actual) */
  differenceSum: number;
  periodsWithDemand: number;
  /** Σ|forecast - actual| / actual over the periods with demand. */
  ratioSum: number;
}

/** Every series with compared periods, in one statement. */
export function compareSeries(database: TenantDatabase, comparison: Comparison): Promise<ComparedSeries[]> {
  return database.read<ComparedSeries>("accuracy.compare-all", sumSql, valuesOf(database, comparison));
}

function valuesOf({ tenant }: TenantDatabase, { from, to, sku, facility, category }: Comparison): unknown[] {
  return [tenant, from, to, sku, facility, category];
}
