import type { TenantDatabase } from "../../platform/db.ts";
import type { SelectionExplanation } from "../item-forecast.ts";
import type { DemandPeriod } from "../demand-series.ts";

export interface StoredForecast {
  sku: string;
  facility: string;
  period: DemandPeriod;
  /** The first period, as a day counted from 1970-01-01. */
  nextDay: number;
  point: number[];
  lower80: number[];
  upper80: number[];
  lower95: number[];
  upper95: number[];
  model: string;
  selection: SelectionExplanation;
  historyPeriods: number;
  itemMape: number | null;
  mapeExcluded: number;
  wape: number | null;
  mase: number | null;
  rmsse: number | null;
  mae: number | null;
  rmse: number | null;
  bias: number | null;
  trackingSignal: number | null;
  judgedBy: "mape" | "mase" | null;
}

/** Which forecasts of a run are wanted; null does not filter. */
export interface ForecastFilter {
  readonly sku: string | null;
  readonly model: string | null;
}

const sql = `
  SELECT sku, facility_id AS facility, period, forecast_date - DATE '1970-01-01' AS "nextDay", point,
         lower_80 AS lower80, upper_80 AS upper80, lower_95 AS lower95, upper_95 AS upper95, model, selection, history_periods AS "historyPeriods",
         item_mape AS "itemMape", mape_excluded AS "mapeExcluded", wape, mase, rmsse, mae, rmse, bias, tracking_signal AS "trackingSignal", judged_by AS "judgedBy"
  FROM forecasts
  WHERE run_id = $1 AND tenant_id = $2 AND (sku, facility_id) > ($3, $4)
    AND ($5::text IS NULL OR sku = $5) AND ($6::text IS NULL OR model = $6)
  ORDER BY sku, facility_id
  LIMIT $7`;

/** The forecasts of a run after (`afterSku`, `afterFacility`) in the order of skus and facilities (index idx_forecasts_run_sku). */
export function listForecasts(database: TenantDatabase, runId: string, [afterSku = "", afterFacility = ""]: readonly string[], { sku, model }: ForecastFilter, limit: number): Promise<StoredForecast[]> {
  return database.read<StoredForecast>("forecasts.list", sql, [runId, database.tenant, afterSku, afterFacility, sku, model, limit]);
}
