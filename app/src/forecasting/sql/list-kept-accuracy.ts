import type { TenantDatabase } from "../../platform/db.ts";
import { TRACKING_SIGNAL_LIMIT } from "../accuracy.ts";
import { type SummedAccuracy, summed } from "./summed-accuracy.ts";

/** What the series of a measured period add up to, those apart whose forecasts lean to one side. */
export type KeptAccuracy = SummedAccuracy & {
  /** Whether their tracking signals are beyond its limit. */
  leaning: boolean;
};

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
const keptSql = (day: string) =>
  summed(
    `
  SELECT m.measurement_period_start::text AS "from", m.measurement_period_end::text AS "to", m.outdated, coalesce(i.category, 'none') AS category, m.model, m.judged_by,
         abs(m.tracking_signal) > ${TRACKING_SIGNAL_LIMIT} AS leaning, m.periods, m.mae * m.periods AS errors, m.actual_sum AS actuals, -m.tracking_signal * m.mae AS differences,
         m.periods - m.mape_excluded AS with_demand, coalesce(m.mape * (m.periods - m.mape_excluded) / 100, 0) AS ratios,
         ($2::text IS NULL OR m.facility_id = $2) AND ($3::text IS NULL OR i.category = $3) AS wanted
  FROM items i
  CROSS JOIN LATERAL (SELECT * FROM forecast_accuracy_metrics WHERE tenant_id = $1 AND material_id = i.material_id AND measurement_period_end = ${day} OFFSET 0) AS m
  WHERE i.tenant_id = $1`,
    ['"from"', '"to"', "outdated", "leaning", "wanted"],
  );

/** The same look finds the newest period. */
const newestSql = `
  WITH newest AS (
    SELECT max(last.day) AS day
    FROM items i
    CROSS JOIN LATERAL (SELECT measurement_period_end AS day FROM forecast_accuracy_metrics m WHERE m.tenant_id = $1 AND m.material_id = i.material_id ORDER BY measurement_period_end DESC LIMIT 1) AS last
    WHERE i.tenant_id = $1
  )
  ${keptSql("(SELECT day FROM newest)")}`;

type Row = KeptAccuracy & { from: string; to: string; outdated: boolean; wanted: boolean };

/** What the series of the newest measured period add up to, and that period; undefined before anything was measured. */
export async function listNewestAccuracy(database: TenantDatabase, { facility, category }: KeptFilter): Promise<{ from: string; to: string; parts: KeptAccuracy[] } | undefined> {
  const rows = await database.read<Row>("accuracy.newest", newestSql, [database.tenant, facility, category]);
  const [first] = rows;
  return first === undefined ? undefined : { from: first.from, to: first.to, parts: rows.filter(({ wanted }) => wanted) };
}

/** What the series of a period add up to as it was measured; undefined when exactly this one was not, or its demand has been corrected since. */
export async function listKeptAccuracy(database: TenantDatabase, { from, to }: { readonly from: string; readonly to: string }, { facility, category }: KeptFilter): Promise<KeptAccuracy[] | undefined> {
  const rows = await database.read<Row>("accuracy.kept", keptSql("$4::date"), [database.tenant, facility, category, to]);
  const holds = rows.length > 0 && rows.every((row) => row.from === from && !row.outdated);
  return holds ? rows.filter(({ wanted }) => wanted) : undefined;
}
