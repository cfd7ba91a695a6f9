import type { TenantDatabase } from "../../platform/db.ts";

/** The same query, asked for a few times. */
export interface LoggedQuery {
  readonly hash: string;
  readonly pattern: string;
  requests: number;
  /** Milliseconds of all its answers together. */
  durationMs: number;
}

const sql = `
  INSERT INTO query_log (tenant_id, query_hash, query_pattern, requests, duration_ms)
  SELECT $1, hash, pattern, requests, duration / requests
  FROM unnest($2::text[], $3::text[], $4::int[], $5::float8[]) AS q (hash, pattern, requests, duration)`;

export async function storeQueries(database: TenantDatabase, queries: readonly LoggedQuery[]): Promise<void> {
  const columns = [queries.map(({ hash }) => hash), queries.map(({ pattern }) => pattern), queries.map(({ requests }) => requests), queries.map(({ durationMs }) => durationMs)];
  await database.query("query-log.store", sql, [database.tenant, ...columns]);
}
