import type { TenantDatabase } from "../../platform/db.ts";
import type { RunSummary } from "../../runs/sql/finish-run.ts";

const sql = `
  SELECT run_id AS "runId", status, finished_at AS "finishedAt", extract(epoch FROM finished_at - started_at)::float8 AS seconds, items_total AS items, as_of::text AS "asOf", error, summary
  FROM forecast_runs
  WHERE tenant_id = $1 AND status IN ('completed', 'failed')
  ORDER BY requested_at DESC
  LIMIT $2`;

/** A run that has ended; `seconds` is null for one that never started, and `summary` for one that failed. */
export interface EndedRun {
  runId: string;
  status: "completed" | "failed";
  finishedAt: Date;
  seconds: number | null;
  items: number;
  asOf: string | null;
  error: string | null;
  summary: RunSummary | null;
}

/** The runs of a tenant that ended last, newest first. */
export function recentRuns(database: TenantDatabase, limit: number): Promise<EndedRun[]> {
  return database.read<EndedRun>("report.runs", sql, [database.tenant, limit]);
}
