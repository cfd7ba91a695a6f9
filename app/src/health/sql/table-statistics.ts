import type { Database } from "../../platform/db.ts";

/** Postgres counts for every role alike, so no right on the tables is needed. */
const sql = `
  SELECT relname AS "table", n_live_tup::float8 AS live, n_dead_tup::float8 AS dead,
         coalesce(idx_scan, 0)::float8 AS "indexScans", seq_scan::float8 AS "sequentialScans"
  FROM pg_stat_user_tables
  WHERE schemaname = 'public'`;

export interface TableStatistics {
  table: string;
  live: number;
  dead: number;
  indexScans: number;
  sequentialScans: number;
}

/** What Postgres has counted of each of the service's tables. */
export async function tableStatistics(database: Database): Promise<TableStatistics[]> {
  return database.query<TableStatistics>("health.tables", sql);
}
