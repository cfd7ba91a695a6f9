import type { TenantDatabase } from "../../platform/db.ts";

const sql = `
  WITH deleted AS (DELETE FROM forecast_accuracy_metrics WHERE tenant_id = $1 AND measured_at < now() - $2 * interval '1 day' RETURNING 1)
  SELECT count(*)::int AS deleted FROM deleted`;

/** Deletes measures that were made more than `days` days ago; gives their number. */
export async function pruneAccuracy(database: TenantDatabase, days: number): Promise<number> {
  const [row] = await database.query<{ deleted: number }>("accuracy.prune", sql, [database.tenant, days]);
  return row?.deleted ?? 0;
}
