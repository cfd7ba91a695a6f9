import type { TenantDatabase } from "../../platform/db.ts";

/** Totals of the stock of items in use. */
export interface InventorySummary {
  items: number;
  facilities: number;
  /** Items at facilities. */
  places: number;
  quantityOnHand: number;
  quantityOnOrder: number;
  quantityAllocated: number;
  /** Places where nothing is left to promise. */
  outOfStock: number;
  /** What is on hand, in the tenant's currency, of the places whose item has a unit cost. */
  valueOnHand: number;
  placesWithoutCost: number;
}

const sql = `
  SELECT count(DISTINCT v.material_id)::int AS items, count(DISTINCT v.facility_id)::int AS facilities, count(*)::int AS places,
         coalesce(sum(v.quantity_on_hand), 0) AS "quantityOnHand", coalesce(sum(v.quantity_on_order), 0) AS "quantityOnOrder", coalesce(sum(v.quantity_allocated), 0) AS "quantityAllocated",
         count(*) FILTER (WHERE v.quantity_on_hand <= v.quantity_allocated)::int AS "outOfStock",
         coalesce(sum(v.quantity_on_hand * i.unit_cost), 0) AS "valueOnHand", count(*) FILTER (WHERE i.unit_cost IS NULL)::int AS "placesWithoutCost"
  FROM inventory v
  JOIN items i USING (material_id)
  WHERE v.tenant_id = $1 AND i.tenant_id = $1 AND i.active`;

/** Adds up the tenant's stock; all is 0 where there is none. */
export async function summarizeInventory(database: TenantDatabase): Promise<InventorySummary> {
  const [summary] = await database.read<InventorySummary & Record<string, unknown>>("inventory.summary", sql, [database.tenant]);
  if (summary === undefined) throw new Error("a count without a GROUP BY has one row");
  return summary;
}
