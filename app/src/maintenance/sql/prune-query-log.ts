import type { TenantDatabase } from "../../platform/db.ts";
import { QUERY_WINDOW_DAYS } from "../../prefetch/sql/top-queries.ts";

const sql = `
  WITH deleted AS (DELETE FROM query_log WHERE tenant_id = $1 AND created_at < now() - $2 * interval '1 day' RETURNING 1)
  SELECT count(*)::int AS deleted FROM deleted`;

/** Deletes what no longer counts; gives the number of rows. */
export async function pruneQueryLog(database: TenantDatabase): Promise<number> {
  const [row] = await database.query<{ deleted: number }>("query-log.prune", sql, [database.tenant, QUERY_WINDOW_DAYS]);
  return row?.deleted ?? 0;
}
