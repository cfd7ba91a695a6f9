import type { Queryable } from "../../platform/db.ts";

/** A row of the table forecasts, with the names of its columns. */
export interface ForecastRow {
  readonly facility_id: string;
  readonly material_id: string;
  readonly sku: string;
  readonly period: string;
  readonly forecast_date: string;
  readonly point: readonly number[];
  readonly lower_80: readonly number[];
  readonly upper_80: readonly number[];
  readonly lower_95: readonly number[];
  readonly upper_95: readonly number[];
  readonly model: string;
  readonly selection: object;
  readonly history_periods: number;
  readonly item_mape: number | null;
  readonly mape_excluded: number;
  readonly wape: number | null;
  readonly mase: number | null;
  readonly bias: number | null;
  readonly judged_by: string | null;
  readonly actual_sum: number;
  readonly error_sum: number;
}

/** How the batch went, for progress. */
export interface BatchOutcome {
  readonly worker: string;
  readonly memoryPercent: number;
  readonly elapsedMs: number;
}

/** Takes the batch's row; whoever comes second waits here and then finds it done. */
const claimSql = `
  UPDATE forecast_batches
  SET status = 'done', worker = $3, memory_percent = $4, elapsed_ms = $5, finished_at = clock_timestamp()
  WHERE run_id = $1 AND batch_no = $2 AND status <> 'done'
  RETURNING batch_no`;

const insertSql = `
  INSERT INTO forecasts (run_id, tenant_id, facility_id, material_id, sku, period, forecast_date, point, lower_80, upper_80, lower_95, upper_95,
                         model, selection, history_periods, item_mape, mape_excluded, wape, mase, bias, judged_by, actual_sum, error_sum)
  SELECT $1, $2, facility_id, material_id, sku, period, forecast_date, point, lower_80, upper_80, lower_95, upper_95,
         model, selection, history_periods, item_mape, mape_excluded, wape, mase, bias, judged_by, actual_sum, error_sum
  FROM jsonb_populate_recordset(NULL::forecasts, $3::jsonb)`;

const progressSql = `
  UPDATE forecast_runs
  SET batches_done = batches_done + 1
  WHERE run_id = $1
  RETURNING batches_done AS done, batches_total AS total`;

/**
 * Stores the forecasts of a batch and marks it done, in the caller's
 * transaction: a batch is stored once, whoever and however often it is tried.
 *
 * @returns how far the run is, or null when the batch was stored before
 */
export async function storeBatch(transaction: Queryable, runId: string, batchNo: number, tenant: string, rows: readonly ForecastRow[], outcome: BatchOutcome): Promise<{ done: number; total: number } | null> {
  const claimed = await transaction.query("batches.claim", claimSql, [runId, batchNo, outcome.worker, outcome.memoryPercent, outcome.elapsedMs]);
  if (claimed.length === 0) return null;
  await transaction.query("forecasts.insert", insertSql, [runId, tenant, JSON.stringify(rows)]);
  const [progress] = await transaction.query<{ done: number; total: number }>("runs.progress", progressSql, [runId]);
  return progress ?? null;
}
