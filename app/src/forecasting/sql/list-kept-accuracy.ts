import type { TenantDatabase } from "../../platform/db.ts";
import type { ComparedSeries } from "./compare-forecasts.ts";

/** A series of a measured period. */
export type MeasuredSeries = ComparedSeries & { trackingSignal: number };

/** Which series are wanted; null does not filter. */
export interface KeptFilter {
  readonly facility: string | null;
  readonly category: string | null;
}

/**
 * One look per item at the end of its index entries finds its rows of the period
 * that ended on `day` (index idx_forecast_accuracy_period; OFFSET 0 keeps the
 * planner from reading all periods instead). What is kept as means is multiplied
 * into the sums again that a comparison adds up.
 */
const seriesOf = (day: string) => `
  SELECT m.measurement_period_start::text AS "from", m.measurement_period_end::text AS "to", m.outdated, coalesce(i.category, 'none') AS category, m.model, coalesce(m.judged_by = 'mase', false) AS "judgedByMase",
         m.tracking_signal AS "trackingSignal", m.periods, m.mae * m.periods AS "errorSum", m.actual_sum AS "actualSum", -m.tracking_signal * m.mae AS "differenceSum",
         m.periods - m.mape_excluded AS "periodsWithDemand", coalesce(m.mape * (m.periods - m.mape_excluded) / 100, 0) AS "ratioSum",
         ($2::text IS NULL OR m.facility_id = $2) AND ($3::text IS NULL OR i.category = $3) AS wanted
  FROM items i
  CROSS JOIN LATERAL (SELECT * FROM forecast_accuracy_metrics WHERE tenant_id = $1 AND material_id = i.material_id AND measurement_period_end = ${day} OFFSET 0) AS m
  WHERE i.tenant_id = $1`;

/** The same look finds the newest period. */
const newestSql = `
  WITH newest AS (
    SELECT max(last.day) AS day
    FROM items i
    CROSS JOIN LATERAL (SELECT measurement_period_end AS day FROM forecast_accuracy_metrics m WHERE m.tenant_id = $1 AND m.material_id = i.material_id ORDER BY measurement_period_end DESC LIMIT 1) AS last
    WHERE i.tenant_id = $1
  )
  ${seriesOf("(SELECT day FROM newest)")}`;

type Row = MeasuredSeries & { from: string; to: string; outdated: boolean; wanted: boolean };

/** The series of the newest measured period, and that period; undefined before anything was measured. */
export async function listNewestAccuracy(database: TenantDatabase, { facility, category }: KeptFilter): Promise<{ from: string; to: string; series: MeasuredSeries[] } | undefined> {
  const rows = await database.read<Row>("accuracy.newest", newestSql, [database.tenant, facility, category]);
  const [first] = rows;
  return first === undefined ? undefined : { from: first.from, to: first.to, series: rows.filter(({ wanted }) => wanted) };
}

/** The series of a period as it was measured; undefined when exactly this one was not, or its demand has been corrected since. */
export async function listKeptAccuracy(database: TenantDatabase, { from, to }: { readonly from: string; readonly to: string }, { facility, category }: KeptFilter): Promise<MeasuredSeries[] | undefined> {
  const rows = await database.read<Row>("accuracy.kept", seriesOf("$4::date"), [database.tenant, facility, category, to]);
  const holds = rows.length > 0 && rows.every((row) => row.from === from && !row.outdated);
  return holds ? rows.filter(({ wanted }) => wanted) : undefined;
}
