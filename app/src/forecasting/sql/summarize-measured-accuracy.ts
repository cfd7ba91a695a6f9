import type { TenantDatabase } from "../../platform/db.ts";

/** Over the items of the period that was measured last; a measure without a value is null. */
export interface MeasuredSummary {
  from: string;
  to: string;
  series: number;
  /** Percent, weighted by volume. */
  mape: number | null;
  wape: number | null;
  bias: number | null;
  /** Series whose errors lean to one side: tracking signal beyond the limit. */
  leaning: number;
}

const sql = `
  SELECT min(measurement_period_start)::text AS "from", measurement_period_end::text AS "to", count(*)::int AS series,
         sum(mape * actual_sum) / nullif(sum(actual_sum) FILTER (WHERE mape IS NOT NULL), 0) AS mape,
         sum(wape * actual_sum) / nullif(sum(actual_sum), 0) AS wape,
         sum(bias * actual_sum) / nullif(sum(actual_sum), 0) AS bias,
         count(*) FILTER (WHERE abs(tracking_signal) > $2)::int AS leaning
  FROM forecast_accuracy_metrics
  WHERE tenant_id = $1 AND measurement_period_end = (SELECT max(measurement_period_end) FROM forecast_accuracy_metrics WHERE tenant_id = $1)
  GROUP BY measurement_period_end`;

/** Undefined before anything was measured. */
export async function summarizeMeasuredAccuracy(database: TenantDatabase, trackingLimit: number): Promise<MeasuredSummary | undefined> {
  const [summary] = await database.read<MeasuredSummary & Record<string, unknown>>("accuracy.measured", sql, [database.tenant, trackingLimit]);
  return summary;
}
