import type { TenantDatabase } from "../../platform/db.ts";

/** The newest days that count. */
export const QUERY_WINDOW_DAYS = 30;

const sql = `
  (SELECT query_pattern AS pattern FROM query_log
   WHERE tenant_id = $1 AND created_at > now() - $2 * interval '1 day'
   GROUP BY query_pattern ORDER BY sum(requests) DESC, query_pattern LIMIT $3)
  UNION
  (SELECT query_pattern FROM query_log
   WHERE $4 AND tenant_id = $1 AND created_at > now() - interval '24 hours'
   GROUP BY query_pattern ORDER BY sum(requests) DESC, query_pattern LIMIT $3)`;

/**
 * The tenant's most frequent queries of the last 30 days.
 *
 * @param limit how many
 * @param recent adds as many of the most frequent ones of the last 24 hours
 */
export async function topQueries(database: TenantDatabase, limit: number, recent: boolean): Promise<string[]> {
  const rows = await database.query<{ pattern: string }>("query-log.top", sql, [database.tenant, QUERY_WINDOW_DAYS, limit, recent]);
  return rows.map(({ pattern }) => pattern);
}
