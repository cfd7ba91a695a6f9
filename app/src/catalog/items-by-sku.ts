import type { TenantDatabase } from "../platform/db.ts";

/** What an item is called and counted in. */
export interface ItemName {
  readonly sku: string;
  readonly name: string;
  readonly category: string | null;
  readonly unit: string;
}

const sql = "SELECT sku, name, category, unit FROM items WHERE tenant_id = $1 AND sku = ANY($2)";

/** The items with these skus, in one statement; those that do not exist are left out. */
export async function itemsBySku(database: TenantDatabase, skus: readonly string[]): Promise<Map<string, ItemName>> {
  const rows = await database.read<ItemName>("items.by-sku", sql, [database.tenant, skus]);
  return new Map(rows.map((row) => [row.sku, row]));
}
