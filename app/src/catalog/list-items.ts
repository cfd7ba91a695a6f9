import type { TenantDatabase } from "../platform/db.ts";

export interface ItemRow {
  sku: string;
  name: string;
  category: string | null;
  unit: string;
  demandPeriod: "day" | "month";
  active: boolean;
  updatedAt: Date;
}

const sql = `
  SELECT sku, name, category, unit, demand_period AS "demandPeriod", active, updated_at AS "updatedAt"
  FROM items
  WHERE tenant_id = $1 AND sku > $2
  ORDER BY sku
  LIMIT $3`;

/** The items after `afterSku` in the order of their skus. */
export function listItems(database: TenantDatabase, afterSku: string, limit: number): Promise<ItemRow[]> {
  return database.read<ItemRow>("items.list", sql, [database.tenant, afterSku, limit]);
}
