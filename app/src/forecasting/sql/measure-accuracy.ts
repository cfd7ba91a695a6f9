import type { TenantDatabase } from "../../platform/db.ts";
import { sums } from "./compare-forecasts.ts";

/** The measures of accuracy.ts, for each item at each facility. */
const sql = `
  ${sums}, measured AS (
  INSERT INTO forecast_accuracy_metrics (tenant_id, facility_id, material_id, measurement_period_start, measurement_period_end, model, judged_by, periods, mape_excluded, mape, wape, bias, mae, rmse, tracking_signal, actual_sum)
  SELECT $1, facility_id, material_id, $2, $3, model, judged_by, periods, periods - with_demand,
         100 * ratios / nullif(with_demand, 0),
         100 * errors / nullif(actuals, 0),
         100 * differences / nullif(actuals, 0),
         errors / periods, sqrt(squares / periods),
         coalesce(-differences / nullif(errors / periods, 0), 0), actuals
  FROM sums
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
