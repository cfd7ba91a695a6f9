import { TRACKING_SIGNAL_LIMIT } from "../../forecasting/accuracy.ts";
import type { Queryable } from "../../platform/db.ts";
import { type HybridOutcome, judgeHybrid } from "./judge-hybrid.ts";
import { type Outliers, outliersOfRun } from "./outliers.ts";

/** Thresholds that a run's accuracy is compared with, in percent. */
export interface AccuracyThresholds {
  readonly mape: number;
  /** An item above this is of high variance; null: nobody looks at single items. */
  readonly itemMape: number | null;
}

/** A run's summary tells of this many facilities: the ones with the most items. */
const FACILITIES = 50;
/** And of this many items that are forecast worst. */
export const WORST_ITEMS = 10;

/**
 * Accuracy over groups of items. MAPE is weighted by volume over the items that
 * are judged by it; WAPE and bias are over all items with a back-test (an item's
 * errors add up to its tracking signal times its MAE); MASE is the median over
 * the items that are judged by it, RMSSE over all that have one. MAE is the mean
 * of the items', RMSE the root of the mean of their squares.
 */
const measures = `
  count(*)::int AS items,
  count(*) FILTER (WHERE judged_by IS NOT NULL)::int AS "backTested",
  sum(item_mape * actual_sum) / nullif(sum(actual_sum) FILTER (WHERE item_mape IS NOT NULL), 0) AS mape,
  count(item_mape)::int AS "mapeItems",
  100 * sum(error_sum) / nullif(sum(actual_sum), 0) AS wape,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY mase) FILTER (WHERE judged_by = 'mase') AS "medianMase",
  count(*) FILTER (WHERE judged_by = 'mase')::int AS "maseItems",
  percentile_cont(0.5) WITHIN GROUP (ORDER BY rmsse) AS "medianRmsse",
  avg(mae) AS mae,
  sqrt(avg(rmse * rmse)) AS rmse,
  -100 * sum(tracking_signal * mae) / nullif(sum(actual_sum), 0) AS bias,
  count(*) FILTER (WHERE abs(tracking_signal) > ${TRACKING_SIGNAL_LIMIT})::int AS "leaningItems",
  count(*) FILTER (WHERE item_mape > $2)::int AS "highVarianceItems"`;

const sql = `
  UPDATE forecast_runs
  SET status = 'completed', finished_at = clock_timestamp(), summary = (
    SELECT jsonb_build_object(
      'hybrid', $4::jsonb,
      'outliers', (SELECT to_jsonb(outliers) FROM (${outliersOfRun}) AS outliers),
      'thresholds', jsonb_build_object('mape', $3::float8, 'itemMape', $2::float8),
      'overall', (SELECT to_jsonb(overall) FROM (SELECT ${measures} FROM forecasts WHERE run_id = $1) AS overall),
      'byModel', (SELECT coalesce(jsonb_object_agg(model, to_jsonb(by_model) - 'model'), '{}')
                  FROM (SELECT model, ${measures} FROM forecasts WHERE run_id = $1 GROUP BY model) AS by_model),
      'byCategory', (SELECT coalesce(jsonb_object_agg(category, to_jsonb(by_category) - 'category'), '{}')
                     FROM (SELECT coalesce(i.category, 'none') AS category, ${measures}
                           FROM forecasts JOIN items i USING (material_id) WHERE run_id = $1 GROUP BY 1) AS by_category),
      'byFacility', (SELECT coalesce(jsonb_object_agg(facility_id, to_jsonb(by_facility) - 'facility_id'), '{}')
                     FROM (SELECT facility_id, ${measures} FROM forecasts WHERE run_id = $1
                           GROUP BY facility_id ORDER BY count(*) DESC, facility_id LIMIT ${FACILITIES}) AS by_facility),
      'worstItems', (SELECT coalesce(jsonb_agg(to_jsonb(worst)), '[]')
                     FROM (SELECT facility_id AS facility, sku, item_mape AS mape FROM forecasts WHERE run_id = $1 AND judged_by = 'mape' AND item_mape IS NOT NULL AND $2::float8 IS NOT NULL
                           ORDER BY item_mape DESC, sku LIMIT ${WORST_ITEMS}) AS worst)))
  WHERE run_id = $1 AND status = 'running'
  RETURNING trigger, extract(epoch FROM finished_at - started_at)::float8 AS seconds, summary`;

/** Accuracy of a group of items; a measure without a value is null. */
export interface GroupAccuracy {
  readonly items: number;
  readonly backTested: number;
  readonly mape: number | null;
  readonly mapeItems: number;
  readonly wape: number | null;
  readonly medianMase: number | null;
  readonly maseItems: number;
  /** These five are missing in runs of older releases. */
  readonly medianRmsse?: number | null;
  readonly mae?: number | null;
  readonly rmse?: number | null;
  /** Percent: above 0 the forecasts were too high. */
  readonly bias?: number | null;
  /** Items whose tracking signal is beyond its limits. */
  readonly leaningItems?: number;
  readonly highVarianceItems: number;
}

/** The column summary of a completed run. */
export interface RunSummary {
  /** What became of the models for intermittent demand; missing in runs of older releases. */
  readonly hybrid?: HybridOutcome;
  /** Items that are forecast badly; missing in runs of older releases. */
  readonly outliers?: Outliers;
  readonly thresholds: AccuracyThresholds;
  readonly overall: GroupAccuracy;
  readonly byModel: Readonly<Record<string, GroupAccuracy>>;
  readonly byCategory: Readonly<Record<string, GroupAccuracy>>;
  /** The facilities with the most items; missing in runs of older releases. */
  readonly byFacility?: Readonly<Record<string, GroupAccuracy>>;
  /** The items with the highest MAPE; missing in runs of older releases, or with items that have none. */
  readonly worstItems?: readonly { readonly facility: string; readonly sku: string; readonly mape: number | null }[];
}

/** A run that has just ended; `seconds` from its start. */
export interface FinishedRun {
  trigger: "schedule" | "manual";
  seconds: number;
  summary: RunSummary;
}

/**
 * Completes a run whose batches are all done, with the summary of its accuracy;
 * null when it was not running. A run whose hybrid forecasts missed the
 * threshold serves the regular ones.
 */
export async function finishRun(transaction: Queryable, runId: string, thresholds: AccuracyThresholds): Promise<FinishedRun | null> {
  // The planner knows nothing of a run that has just ended and takes it for one row: it would compare each of its items with all others.
  await transaction.query("runs.plan-joins", "SET LOCAL enable_nestloop = off");
  const hybrid = await judgeHybrid(transaction, runId, thresholds.mape);
  const [run] = await transaction.query<FinishedRun>("runs.finish", sql, [runId, thresholds.itemMape, thresholds.mape, JSON.stringify(hybrid)]);
  await transaction.query("runs.plan-joins", "SET LOCAL enable_nestloop TO DEFAULT");
  return run ?? null;
}
