import type { TenantDatabase } from "../platform/db.ts";

export interface InventoryRow {
  sku: string;
  facility: string;
  quantityOnHand: number;
  quantityOnOrder: number;
  quantityAllocated: number;
  updatedAt: Date;
}

const sql = `
  SELECT i.sku, v.facility_id AS facility, v.quantity_on_hand AS "quantityOnHand", v.quantity_on_order AS "quantityOnOrder",
         v.quantity_allocated AS "quantityAllocated", v.updated_at AS "updatedAt"
  FROM inventory v
  JOIN items i USING (material_id)
  WHERE v.tenant_id = $1 AND i.tenant_id = $1 AND (i.sku, v.facility_id) > ($2, $3)
  ORDER BY i.sku, v.facility_id
  LIMIT $4`;

/** The stock after (`afterSku`, `afterFacility`) in the order of skus and facilities. */
export function listInventory(database: TenantDatabase, [afterSku = "", afterFacility = ""]: readonly string[], limit: number): Promise<InventoryRow[]> {
  return database.read<InventoryRow>("inventory.list", sql, [database.tenant, afterSku, afterFacility, limit]);
}
