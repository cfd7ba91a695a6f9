import type { Queryable } from "../../platform/db.ts";

const sql = `
  INSERT INTO forecast_runs (run_id, tenant_id, trigger, selection)
  VALUES ($1, $2, $3, $4)
  ON CONFLICT (run_id) DO NOTHING`;

/** Whether a run uses the models that earlier ones selected, or selects all anew. */
export type SelectionMode = "reuse" | "anew";

/** Records a run as queued; does nothing when it is recorded already. */
export async function createRun(transaction: Queryable, runId: string, tenant: string, trigger: "schedule" | "manual", selection: SelectionMode): Promise<void> {
  await transaction.query("runs.create", sql, [runId, tenant, trigger, selection]);
}
