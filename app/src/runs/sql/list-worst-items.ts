import type { TenantDatabase } from "../../platform/db.ts";

/** An item with its back-test accuracy. */
export interface ItemAccuracy {
  sku: string;
  facility: string;
  category: string | null;
  model: string;
  mape: number | null;
  wape: number | null;
  mase: number | null;
  volume: number;
}

const sql = (measure: "item_mape" | "mase") => `
  SELECT f.sku, f.facility_id AS facility, i.category, f.model, f.item_mape AS mape, f.wape, f.mase, f.actual_sum AS volume
  FROM forecasts f
  JOIN items i USING (material_id)
  WHERE f.run_id = $1 AND f.judged_by = $2 AND f.${measure} > $3
  ORDER BY f.${measure} DESC, f.sku
  LIMIT $4`;

/** The items of a run that are judged by `measure` and are worst by it, above `above`; none when that is null. */
export function listWorstItems(database: TenantDatabase, runId: string, measure: "mape" | "mase", above: number | null, limit: number): Promise<ItemAccuracy[]> {
  return database.read<ItemAccuracy>(`runs.worst-${measure}`, sql(measure === "mape" ? "item_mape" : "mase"), [runId, measure, above, limit]);
}
