import type { Queryable } from "../platform/db.ts";
import { columnList, itemColumns, selectedItem } from "./item-columns.ts";
import type { Item } from "./item.ts";

type ItemRow = Item & Record<string, unknown>;

/** An item that became another one; `before` is null for a new one. */
export interface StoredItem {
  readonly before: Item | null;
  readonly after: Item;
}

/** What a new item has where its row says nothing. */
const defaults: Readonly<Record<string, string>> = { unit: "'each'", demand_period: "'day'", active: "true" };

const given = `jsonb_to_recordset($2::jsonb) AS given (${itemColumns.map(([column, , type]) => `${column} ${type}`).join(", ")})`;

/** Rows are taken in one order, so that two imports do not wait for each other. */
const addSql = `
  INSERT INTO items (tenant_id, ${columnList})
  SELECT $1, ${itemColumns.map(([column]) => `coalesce(given.${column}, ${defaults[column] ?? "null"})`).join(", ")}
  FROM ${given}
  ORDER BY given.sku
  ON CONFLICT (tenant_id, sku) DO NOTHING
  RETURNING ${selectedItem}`;

const lockSql = `SELECT ${selectedItem} FROM items WHERE tenant_id = $1 AND sku = ANY($2) ORDER BY sku FOR NO KEY UPDATE`;

/** A sku does not change. A cell that is left empty keeps what the item has. */
const kept = itemColumns.map(([column]) => column).filter((column) => column !== "sku");
const wanted = kept.map((column) => `coalesce(given.${column}, i.${column})`);

const changeSql = `
  WITH changed AS (
    UPDATE items i SET ${kept.map((column, index) => `${column} = ${wanted[index] ?? ""}`).join(", ")}, updated_at = clock_timestamp()
    FROM ${given}
    WHERE i.tenant_id = $1 AND i.sku = given.sku AND (${kept.map((column) => `i.${column}`).join(", ")}) IS DISTINCT FROM (${wanted.join(", ")})
    RETURNING i.*
  )
  SELECT ${selectedItem} FROM changed ORDER BY sku`;

/**
 * Adds items and changes those that exist; gives those that became others. What
 * was there is read once it is locked, so that nobody changes it in between.
 *
 * @param rows items with distinct skus, with the names of the database's columns
 */
export async function storeItems(transaction: Queryable, tenant: string, rows: readonly { readonly sku: string }[]): Promise<StoredItem[]> {
  const added = await transaction.query<ItemRow>("items.add", addSql, [tenant, JSON.stringify(rows)]);
  const isNew = new Set(added.map(({ sku }) => sku));
  const known = rows.filter(({ sku }) => !isNew.has(sku));
  const stored: StoredItem[] = added.map((after) => ({ before: null, after }));
  if (known.length === 0) return stored;
  const locked = await transaction.query<ItemRow>("items.lock-known", lockSql, [tenant, known.map(({ sku }) => sku)]);
  const before = new Map(locked.map((item) => [item.sku, item]));
  const changed = await transaction.query<ItemRow>("items.change", changeSql, [tenant, JSON.stringify(known)]);
  return [...stored, ...changed.map((after) => ({ before: before.get(after.sku) ?? null, after }))];
}
