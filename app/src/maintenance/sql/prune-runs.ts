import type { TenantDatabase } from "../../platform/db.ts";

/** Forecasts and batches of a run go with it. */
const sql = `
  DELETE FROM forecast_runs
  WHERE tenant_id = $1 AND finished_at < now() - $2 * interval '1 day'
    AND run_id IS DISTINCT FROM (SELECT run_id FROM forecast_runs WHERE tenant_id = $1 AND status = 'completed' ORDER BY requested_at DESC LIMIT 1)
  RETURNING run_id`;

/** Deletes runs that ended more than `days` days ago, except the one whose forecasts are shown; gives their number. */
export async function pruneRuns(database: TenantDatabase, days: number): Promise<number> {
  return (await database.query("runs.prune", sql, [database.tenant, days])).length;
}
