import type { TenantDatabase } from "../platform/db.ts";
import { selectedItem } from "./item-columns.ts";
import type { Item } from "./item.ts";

/** Which items a list shows: those in use, those that are retired, or both. */
export type ActiveFilter = "true" | "false" | "all";

const sql = `
  SELECT ${selectedItem}
  FROM items
  WHERE tenant_id = $1 AND sku > $2 AND ($3::boolean IS NULL OR active = $3)
  ORDER BY sku
  LIMIT $4`;

/** The items after `afterSku` in the order of their skus. */
export function listItems(database: TenantDatabase, { active, afterSku, limit }: { readonly active: ActiveFilter; readonly afterSku: string; readonly limit: number }): Promise<Item[]> {
  return database.read<Item & Record<string, unknown>>("items.list", sql, [database.tenant, afterSku, active === "all" ? null : active === "true", limit]);
}
