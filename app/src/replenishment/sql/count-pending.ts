import type { TenantDatabase } from "../../platform/db.ts";

const sql = `
  SELECT count(*)::int AS pending, count(*) FILTER (WHERE urgency = 'CRITICAL')::int AS critical
  FROM replenishment_suggestions
  WHERE tenant_id = $1 AND status = 'pending'`;

/** How many suggestions of a tenant wait for a decision, and how many of them are critical. */
export async function countPending(database: TenantDatabase): Promise<{ pending: number; critical: number }> {
  const [counts] = await database.read<{ pending: number; critical: number }>("suggestions.count", sql, [database.tenant]);
  return counts ?? { pending: 0, critical: 0 };
}
