import type { NumberedRow, RowError } from "../platform/csv-import.ts";
import type { Queryable } from "../platform/db.ts";

const sql = "SELECT sku, material_id FROM items WHERE tenant_id = $1 AND sku = ANY($2)";

/** Rows whose item exists, with its id, and what is to be said of the others. */
export interface FoundMaterials<Row> {
  readonly found: readonly (Row & { readonly materialId: string })[];
  readonly unknown: readonly RowError[];
}

/** Looks up the items that imported rows name by their sku. */
export async function findMaterials<Row extends { readonly sku: string }>(transaction: Queryable, tenant: string, rows: readonly NumberedRow<Row>[]): Promise<FoundMaterials<Row>> {
  const skus = [...new Set(rows.map(({ value }) => value.sku))];
  const known = await transaction.query<{ sku: string; material_id: string }>("items.find", sql, [tenant, skus]);
  const ids = new Map(known.map(({ sku, material_id }) => [sku, material_id]));
  const found: (Row & { materialId: string })[] = [];
  const unknown: RowError[] = [];
  for (const { row, value } of rows) {
    const materialId = ids.get(value.sku);
    if (materialId === undefined) unknown.push({ row, column: "sku", value: value.sku, message: `sku is ${JSON.stringify(value.sku)}: there is no such item` });
    else found.push({ ...value, materialId });
  }
  return { found, unknown };
}
