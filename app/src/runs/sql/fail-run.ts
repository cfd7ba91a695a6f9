import type { TenantDatabase } from "../../platform/db.ts";

const sql = `
  WITH batch AS (
    UPDATE forecast_batches SET status = 'failed' WHERE run_id = $1 AND batch_no = $2 AND status = 'waiting'
  )
  UPDATE forecast_runs
  SET status = 'failed', finished_at = clock_timestamp(), error = $3
  WHERE run_id = $1 AND status IN ('queued', 'running')
  RETURNING trigger, coalesce(extract(epoch FROM finished_at - started_at), 0)::float8 AS seconds`;

/** Ends a run that cannot be finished, and says why; null when it had ended before. */
export async function failRun(database: TenantDatabase, runId: string, batchNo: number | null, error: string): Promise<{ trigger: "schedule" | "manual"; seconds: number } | null> {
  const [run] = await database.query<{ trigger: "schedule" | "manual"; seconds: number }>("runs.fail", sql, [runId, batchNo, error]);
  return run ?? null;
}
