import type { TenantDatabase } from "../../platform/db.ts";
import type { RunSummary } from "./finish-run.ts";

const completedSql = `
  SELECT run_id AS "runId", finished_at AS "finishedAt", as_of::text AS "asOf", summary
  FROM forecast_runs
  WHERE tenant_id = $1 AND status = 'completed'
  ORDER BY requested_at DESC
  LIMIT 1`;

export interface CompletedRun {
  runId: string;
  finishedAt: Date;
  asOf: string;
  summary: RunSummary;
}

/** The completed run that was asked for last: the one whose forecasts are shown. */
export async function newestCompletedRun(database: TenantDatabase): Promise<CompletedRun | undefined> {
  const [run] = await database.read<CompletedRun>("runs.newest", completedSql, [database.tenant]);
  return run;
}

const endedSql = `
  SELECT status = 'failed' AS failed
  FROM forecast_runs
  WHERE tenant_id = $1 AND status IN ('completed', 'failed')
  ORDER BY requested_at DESC
  LIMIT 1`;

/** Whether the tenant's run that ended last has failed. */
export async function lastRunFailed(database: TenantDatabase): Promise<boolean> {
  const [run] = await database.query<{ failed: boolean }>("runs.last-failed", endedSql, [database.tenant]);
  return run?.failed ?? false;
}
