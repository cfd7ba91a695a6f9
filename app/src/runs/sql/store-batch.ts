import type { Queryable } from "../../platform/db.ts";

/** A forecast and its back-test, with the names of the columns that forecasts and forecast_variants share. */
export interface VariantMeasures {
  readonly model: string;
  readonly point: readonly number[];
  readonly lower_80: readonly number[];
  readonly upper_80: readonly number[];
  readonly lower_95: readonly number[];
  readonly upper_95: readonly number[];
  readonly item_mape: number | null;
  readonly mape_excluded: number;
  readonly wape: number | null;
  readonly mase: number | null;
  readonly rmsse: number | null;
  readonly mae: number | null;
  readonly rmse: number | null;
  readonly bias: number | null;
  readonly tracking_signal: number | null;
  readonly actual_sum: number;
  readonly error_sum: number;
}

interface Place {
  readonly facility_id: string;
  readonly material_id: string;
}

/** A row of the table forecasts: what is served. */
export interface ForecastRow extends Place, VariantMeasures {
  readonly sku: string;
  readonly period: string;
  readonly forecast_date: string;
  readonly variant: string;
  readonly selection: object;
  readonly history_periods: number;
  readonly judged_by: string | null;
}

/** A row of the table forecast_variants. */
export interface VariantRow extends Place, VariantMeasures {
  readonly variant: string;
  readonly served: boolean;
  readonly parameters: object;
}

/** A row of the table forecast_models. */
export interface SelectionRow extends Place {
  readonly regular_model: string;
  readonly hybrid_model: string;
  readonly selection: object;
}

/** What a batch stores. */
export interface BatchRows {
  readonly forecasts: readonly ForecastRow[];
  readonly variants: readonly VariantRow[];
  readonly selections: readonly SelectionRow[];
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

const measures = "model, point, lower_80, upper_80, lower_95, upper_95, item_mape, mape_excluded, wape, mase, rmsse, mae, rmse, bias, tracking_signal, actual_sum, error_sum";

/** One statement writes all of a batch: its forecasts, the variants that they were chosen from, and the models that were selected anew. */
const insertSql = `
  WITH variants AS (
    INSERT INTO forecast_variants (run_id, tenant_id, facility_id, material_id, variant, served, parameters, ${measures})
    SELECT $1, $2, facility_id, material_id, variant, served, parameters, ${measures}
    FROM jsonb_populate_recordset(NULL::forecast_variants, $4::jsonb)
  ), selections AS (
    INSERT INTO forecast_models (tenant_id, facility_id, material_id, regular_model, hybrid_model, selection, run_id)
    SELECT $2, facility_id, material_id, regular_model, hybrid_model, selection, $1
    FROM jsonb_populate_recordset(NULL::forecast_models, $5::jsonb)
    ON CONFLICT (tenant_id, facility_id, material_id)
    DO UPDATE SET regular_model = excluded.regular_model, hybrid_model = excluded.hybrid_model, selection = excluded.selection, run_id = excluded.run_id, selected_at = now()
  )
  INSERT INTO forecasts (run_id, tenant_id, facility_id, material_id, sku, period, forecast_date, variant, selection, history_periods, judged_by, ${measures})
  SELECT $1, $2, facility_id, material_id, sku, period, forecast_date, variant, selection, history_periods, judged_by, ${measures}
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
export async function storeBatch(transaction: Queryable, runId: string, batchNo: number, tenant: string, rows: BatchRows, outcome: BatchOutcome): Promise<{ done: number; total: number } | null> {
  const claimed = await transaction.query("batches.claim", claimSql, [runId, batchNo, outcome.worker, outcome.memoryPercent, outcome.elapsedMs]);
  if (claimed.length === 0) return null;
  await transaction.query("forecasts.insert", insertSql, [runId, tenant, JSON.stringify(rows.forecasts), JSON.stringify(rows.variants), JSON.stringify(rows.selections)]);
  const [progress] = await transaction.query<{ done: number; total: number }>("runs.progress", progressSql, [runId]);
  return progress ?? null;
}
