import type { TenantDatabase } from "../../platform/db.ts";
import { BATCH_QUEUE, FAILED_QUEUE, RUN_QUEUE } from "../queues.ts";
import type { SelectionMode } from "./create-run.ts";

/** A run that has not ended and has not got any further for a while. */
export interface StalledRun {
  runId: string;
  trigger: "schedule" | "manual";
  selection: SelectionMode;
  idleSeconds: number;
  /** It waits to be split into batches, and no job will do that. */
  planLost: boolean;
  /** Batches that wait and have no job that will come to them. */
  lostBatches: number[];
}

/** Jobs that failed in every try are on their way to end the run, so they count as jobs that will come. */
const sql = `
  WITH stalled AS (
    SELECT run_id, status, trigger, selection, requested_at,
           extract(epoch FROM clock_timestamp() - greatest(requested_at, started_at, (SELECT max(b.finished_at) FROM forecast_batches b WHERE b.run_id = r.run_id)))::float8 AS idle
    FROM forecast_runs r
    WHERE tenant_id = $1 AND status IN ('queued', 'running')
  ), coming AS (
    SELECT id, source_id, data FROM pgboss.job WHERE name = ANY ($3) AND state <= 'active'
  )
  SELECT run_id AS "runId", trigger, selection, idle AS "idleSeconds",
         status = 'queued' AND NOT EXISTS (SELECT FROM coming WHERE run_id IN (id, source_id, (data ->> 'runId')::uuid)) AS "planLost",
         ARRAY(SELECT b.batch_no FROM forecast_batches b
               WHERE b.run_id = stalled.run_id AND b.status = 'waiting'
                 AND NOT EXISTS (SELECT FROM coming WHERE data ->> 'runId' = b.run_id::text AND (data ->> 'batchNo')::int = b.batch_no)
               ORDER BY b.batch_no) AS "lostBatches"
  FROM stalled
  WHERE idle * 1000 > $2
  ORDER BY requested_at`;

/** The tenant's runs that have made no progress for `timeoutMs`. */
export function stalledRuns(database: TenantDatabase, timeoutMs: number): Promise<StalledRun[]> {
  return database.query<StalledRun>("runs.stalled", sql, [database.tenant, timeoutMs, [RUN_QUEUE, BATCH_QUEUE, FAILED_QUEUE]]);
}
