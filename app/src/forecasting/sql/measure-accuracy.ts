import type { TenantDatabase } from "../../platform/db.ts";
import { pairs } from "./compare-forecasts.ts";

/** The measures of accuracy.ts, for each item at each facility. */
const sql = `
  ${pairs}, measured AS (
  INSERT INTO forecast_accuracy_metrics (tenant_id, facility_id, material_id, measurement_period_start, measurement_period_end, model, judged_by, periods, mape_excluded, mape, wape, bias, mae, rmse, tracking_signal, actual_sum)
  SELECT $1, facility_id, material_id, $2, $3, (array_agg(model ORDER BY day DESC))[1], (array_agg(judged_by ORDER BY day DESC))[1], count(*), count(*) FILTER (WHERE actual = 0),
         100 * avg(abs(forecast - actual) / actual) FILTER (WHERE actual > 0),
         100 * sum(abs(forecast - actual)) / nullif(sum(actual), 0),
         100 * sum(forecast - actual) / nullif(sum(actual), 0),
         avg(abs(forecast - actual)), sqrt(avg((forecast - actual) ^ 2)),
         coalesce(sum(actual - forecast) / nullif(avg(abs(forecast - actual)), 0), 0), sum(actual)
  FROM pairs
  WHERE forecast IS NOT NULL
  GROUP BY facility_id, material_id
  ON CONFLICT (tenant_id, facility_id, material_id, measurement_period_end) DO UPDATE
  SET measurement_period_start = excluded.measurement_period_start, model = excluded.model, judged_by = excluded.judged_by, periods = excluded.periods, mape_excluded = excluded.mape_excluded,
      mape = excluded.mape, wape = excluded.wape, bias = excluded.bias, mae = excluded.mae, rmse = excluded.rmse, tracking_signal = excluded.tracking_signal,
      actual_sum = excluded.actual_sum, measured_at = excluded.measured_at, outdated = false
  RETURNING 1)
  SELECT count(*)::int AS measured FROM measured`;

/** Measures the forecasts for a period (both days included, as YYYY-MM-DD) and keeps the measures; gives the number of series. */
export async function measureAccuracyOf(database: TenantDatabase, { from, to }: { readonly from: string; readonly to: string }): Promise<number> {
  const [row] = await database.query<{ measured: number }>("accuracy.measure", sql, [database.tenant, from, to, null, null]);
  return row?.measured ?? 0;
}
