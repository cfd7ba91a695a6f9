import type { Queryable } from "../../platform/db.ts";

const sql = `
  INSERT INTO forecast_runs (run_id, tenant_id, trigger)
  VALUES ($1, $2, $3)
  ON CONFLICT (run_id) DO NOTHING`;

/** Records a run as queued; does nothing when it is recorded already. */
export async function createRun(transaction: Queryable, runId: string, tenant: string, trigger: "schedule" | "manual"): Promise<void> {
  await transaction.query("runs.create", sql, [runId, tenant, trigger]);
}
