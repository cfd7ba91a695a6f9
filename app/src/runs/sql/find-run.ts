import type { TenantDatabase } from "../../platform/db.ts";
import type { RunSummary } from "./finish-run.ts";

/** A run with the batches that are done. */
export interface RunRow {
  runId: string;
  trigger: "schedule" | "manual";
  status: "queued" | "running" | "completed" | "failed";
  requestedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  asOf: string | null;
  itemsTotal: number;
  batchesTotal: number;
  batchesDone: number;
  error: string | null;
  summary: RunSummary | null;
  elapsedMs: number;
  batches: { batchNo: number; items: number; status: string; worker: string | null; memoryPercent: number | null; elapsedMs: number | null; finishedAt: string | null }[];
}

const sql = `
  SELECT run_id AS "runId", trigger, status, requested_at AS "requestedAt", started_at AS "startedAt", finished_at AS "finishedAt", as_of::text AS "asOf",
         items_total AS "itemsTotal", batches_total AS "batchesTotal", batches_done AS "batchesDone", error, summary,
         coalesce(round(1000 * extract(epoch FROM coalesce(finished_at, now()) - started_at)), 0)::int AS "elapsedMs",
         (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'batchNo', batch_no, 'items', cardinality(material_ids), 'status', status, 'worker', worker,
                   'memoryPercent', memory_percent, 'elapsedMs', elapsed_ms, 'finishedAt', finished_at) ORDER BY batch_no), '[]')
          FROM forecast_batches b WHERE b.run_id = r.run_id) AS batches
  FROM forecast_runs r
  WHERE run_id = $1 AND tenant_id = $2`;

export async function findRun(database: TenantDatabase, runId: string): Promise<RunRow | undefined> {
  const [run] = await database.read<RunRow>("runs.find", sql, [runId, database.tenant]);
  return run;
}
