import type { TenantDatabase } from "../../platform/db.ts";

/** How accurate the forecasts for an item at a facility turned out to be in a period. */
export interface MeasuredAccuracy {
  facility: string;
  from: string;
  to: string;
  model: string;
  periods: number;
  mape: number | null;
  mapeExcluded: number;
  wape: number | null;
  bias: number | null;
  mae: number;
  rmse: number;
  trackingSignal: number;
}

const sql = `
  SELECT m.facility_id AS facility, m.measurement_period_start::text AS "from", m.measurement_period_end::text AS "to", m.model, m.periods, m.mape, m.mape_excluded AS "mapeExcluded",
         m.wape, m.bias, m.mae, m.rmse, m.tracking_signal AS "trackingSignal"
  FROM forecast_accuracy_metrics m
  WHERE m.tenant_id = $1 AND m.material_id = (SELECT material_id FROM items WHERE tenant_id = $1 AND sku = $2)
    AND ($3::text IS NULL OR m.facility_id = $3) AND (m.measurement_period_end, m.facility_id) < ($4::date, $5)
  ORDER BY m.measurement_period_end DESC, m.facility_id DESC
  LIMIT $6`;

/** Measured periods of an item before a position, newest first (index idx_forecast_accuracy_period). */
export function listMeasuredAccuracy(database: TenantDatabase, { sku, facility }: { readonly sku: string; readonly facility?: string | undefined }, [beforeDay = "infinity", beforeFacility = ""]: readonly string[], limit: number): Promise<MeasuredAccuracy[]> {
  return database.read<MeasuredAccuracy & Record<string, unknown>>("accuracy.list", sql, [database.tenant, sku, facility ?? null, beforeDay, beforeFacility, limit]);
}
