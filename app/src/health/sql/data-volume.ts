import type { TenantDatabase } from "../../platform/db.ts";
import type { DataVolume } from "../judge-checks.ts";

const sql = `
  SELECT
    (SELECT count(*)::int FROM items WHERE tenant_id = $1) AS items,
    (SELECT count(*)::int FROM demand_history WHERE tenant_id = $1) AS "demandRecords",
    (SELECT count(*)::int FROM forecasts WHERE tenant_id = $1) AS forecasts,
    (SELECT count(*)::int FROM forecast_accuracy_metrics WHERE tenant_id = $1) AS "accuracyMetrics"`;

/** Counts the rows of a tenant: reads all of them, which a job may and a probe may not. */
export async function countData(database: TenantDatabase): Promise<DataVolume> {
  const [volume] = await database.query<DataVolume & Record<string, number>>("health.data-volume", sql, [database.tenant]);
  return volume ?? { items: 0, demandRecords: 0, forecasts: 0, accuracyMetrics: 0 };
}
