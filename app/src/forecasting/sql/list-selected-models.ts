import type { TenantDatabase } from "../../platform/db.ts";

/** The models that an item was found to need, as its row of forecast_models has them. */
export interface SelectedModels {
  sku: string;
  facility: string;
  regularModel: string;
  hybridModel: string;
  selection: Record<string, unknown>;
  runId: string;
  selectedAt: Date;
}

const sql = `
  SELECT i.sku, m.facility_id AS facility, m.regular_model AS "regularModel", m.hybrid_model AS "hybridModel", m.selection, m.run_id AS "runId", m.selected_at AS "selectedAt"
  FROM forecast_models m
  JOIN items i USING (material_id)
  WHERE m.tenant_id = $1 AND i.tenant_id = $1 AND (i.sku, m.facility_id) > ($2, $3)
    AND ($4::text IS NULL OR i.sku = $4) AND ($5::text IS NULL OR m.hybrid_model = $5)
  ORDER BY i.sku, m.facility_id
  LIMIT $6`;

/** Selections after (`afterSku`, `afterFacility`) in the order of skus and facilities. */
export function listSelectedModels(database: TenantDatabase, [afterSku = "", afterFacility = ""]: readonly string[], { sku, model }: { readonly sku?: string | undefined; readonly model?: string | undefined }, limit: number): Promise<SelectedModels[]> {
  return database.read<SelectedModels & Record<string, unknown>>("models.list", sql, [database.tenant, afterSku, afterFacility, sku ?? null, model ?? null, limit]);
}
