import type { TenantDatabase } from "../../platform/db.ts";
import type { RecentAccuracy } from "../judge-checks.ts";

/** Weighted by volume, as the accuracy of a run is. */
const sql = `
  SELECT sum(f.item_mape * f.actual_sum) / nullif(sum(f.actual_sum) FILTER (WHERE f.item_mape IS NOT NULL), 0) AS mape,
         sum(f.bias * f.actual_sum) / nullif(sum(f.actual_sum) FILTER (WHERE f.bias IS NOT NULL), 0) AS bias
  FROM forecast_runs r
  JOIN forecasts f USING (run_id)
  WHERE r.tenant_id = $1 AND r.status = 'completed' AND r.requested_at > now() - interval '30 days'`;

/** Accuracy in percent of a tenant's forecasts of the last 30 days in their back-tests. */
export async function readRecentAccuracy(database: TenantDatabase): Promise<RecentAccuracy> {
  const [accuracy] = await database.query<{ mape: number | null; bias: number | null }>("health.accuracy", sql, [database.tenant]);
  return accuracy ?? { mape: null, bias: null };
}
