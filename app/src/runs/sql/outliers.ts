import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";

/** Items of a run whose MAPE is far too high, and what became of those of the run before. */
export interface Outliers {
  readonly items: number;
  /** Those that were outliers in the run before, too. */
  readonly repeated: number;
  /** Mean MAPE, in percent, of the items that were outliers in the run before; null when there were none. */
  readonly formerMape: number | null;
}

/** Percent: an item with a MAPE above this is an outlier. */
export const OUTLIER_MAPE = thresholds.outlierMapePercent;

/**
 * A subquery for the run $1: its outliers beside those of the tenant's completed
 * run before it. Without a threshold for items, $2, nobody looks for outliers.
 */
export const outliersOfRun = `
  SELECT count(*) FILTER (WHERE now.item_mape > ${OUTLIER_MAPE})::int AS items,
         count(*) FILTER (WHERE now.item_mape > ${OUTLIER_MAPE} AND before.item_mape > ${OUTLIER_MAPE})::int AS repeated,
         avg(now.item_mape) FILTER (WHERE before.item_mape > ${OUTLIER_MAPE}) AS "formerMape"
  FROM forecasts now
  LEFT JOIN forecasts before
    ON before.material_id = now.material_id AND before.facility_id = now.facility_id
   AND before.run_id = (
     SELECT earlier.run_id
     FROM forecast_runs earlier
     JOIN forecast_runs this ON this.run_id = $1 AND this.tenant_id = earlier.tenant_id
     WHERE earlier.status = 'completed'
     ORDER BY earlier.requested_at DESC
     LIMIT 1)
  WHERE now.run_id = $1 AND $2::float8 IS NOT NULL`;
