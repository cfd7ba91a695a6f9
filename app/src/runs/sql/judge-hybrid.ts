import type { Queryable } from "../../platform/db.ts";

/** What became of the hybrid variant in a run. */
export interface HybridOutcome {
  /** Items that were forecast by a model for intermittent demand. */
  readonly items: number;
  /** Percent: MAPE over the items where it is defined, weighted by volume, as the hybrid variant would have it for all of them. */
  readonly mape: number | null;
  /** True when it was above the threshold, so that the regular variant is served for every item. */
  readonly reverted: boolean;
}

/** An item without a pair of variants is forecast the same by both. */
const judgeSql = `
  SELECT count(*) FILTER (WHERE f.variant = 'hybrid' AND v.served)::int AS items,
         sum(h.item_mape * f.actual_sum) / nullif(sum(f.actual_sum) FILTER (WHERE h.item_mape IS NOT NULL), 0) AS mape
  FROM forecasts f
  LEFT JOIN forecast_variants v ON v.run_id = f.run_id AND v.material_id = f.material_id AND v.facility_id = f.facility_id AND v.variant = 'hybrid'
  CROSS JOIN LATERAL (SELECT CASE WHEN v.run_id IS NULL THEN f.item_mape ELSE v.item_mape END AS item_mape) AS h
  WHERE f.run_id = $1`;

const forecastsSql = `
  UPDATE forecasts f
  SET variant = 'regular', model = v.model, point = v.point, lower_80 = v.lower_80, upper_80 = v.upper_80, lower_95 = v.lower_95, upper_95 = v.upper_95,
      item_mape = v.item_mape, mape_excluded = v.mape_excluded, wape = v.wape, mase = v.mase, rmsse = v.rmsse, mae = v.mae, rmse = v.rmse, bias = v.bias,
      tracking_signal = v.tracking_signal, actual_sum = v.actual_sum, error_sum = v.error_sum,
      selection = f.selection || jsonb_build_object('served', 'regular', 'chosen', v.model, 'parameters', v.parameters, 'fallback', $2::text)
  FROM forecast_variants v
  WHERE f.run_id = $1 AND f.variant = 'hybrid' AND v.run_id = f.run_id AND v.material_id = f.material_id AND v.facility_id = f.facility_id AND v.variant = 'regular'`;

/** Items that both variants forecast alike. */
const alikeSql = `UPDATE forecasts SET variant = 'regular', selection = selection || '{"served": "regular"}' WHERE run_id = $1 AND variant = 'hybrid'`;

const variantsSql = "UPDATE forecast_variants SET served = (variant = 'regular') WHERE run_id = $1";

/** Compares the hybrid variant of a run with the threshold (percent) and takes it back where it missed. */
export async function judgeHybrid(transaction: Queryable, runId: string, threshold: number): Promise<HybridOutcome> {
  const [judged] = await transaction.query<{ items: number; mape: number | null }>("runs.judge-hybrid", judgeSql, [runId]);
  const { items, mape } = judged ?? { items: 0, mape: null };
  const reverted = items > 0 && mape !== null && mape > threshold;
  if (reverted) {
    await transaction.query("forecasts.revert-hybrid", forecastsSql, [runId, `the run's hybrid MAPE of ${mape.toFixed(1)} % is above ${threshold} %`]);
    await transaction.query("forecasts.revert-alike", alikeSql, [runId]);
    await transaction.query("variants.revert-hybrid", variantsSql, [runId]);
  }
  return { items, mape, reverted };
}
