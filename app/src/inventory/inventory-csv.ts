import { z } from "zod";
import { findMaterials } from "../catalog/find-materials.ts";
import { quantityCell } from "../platform/csv-columns.ts";
import type { CsvSource } from "../platform/csv-export.ts";
import type { CsvKind } from "../platform/csv-import.ts";
import { text } from "../platform/fields.ts";
import { DEFAULT_FACILITY } from "../platform/tenant.ts";
import { recordImportedStock, sameStock } from "./imported-stock.ts";
import { addPlaces, lockStock, placeKey, storeStock } from "./sql/lock-stock.ts";

const inventoryRow = z.object({
  sku: text(64),
  facility: text(64).default(DEFAULT_FACILITY),
  quantity_on_hand: quantityCell,
  quantity_on_order: quantityCell.default(0),
  quantity_allocated: quantityCell.default(0),
});

type InventoryRow = z.infer<typeof inventoryRow>;

/** CSV of stock: `sku,quantity_on_hand[,facility][,quantity_on_order][,quantity_allocated]`; it replaces what was known. */
export const inventoryCsv: CsvKind<InventoryRow> = {
  required: ["sku", "quantity_on_hand"],
  optional: ["facility", "quantity_on_order", "quantity_allocated"],
  row: inventoryRow,
  keyOf: ({ sku, facility }) => JSON.stringify([sku, facility]),
  store: async (transaction, importer, rows) => {
    const { tenant } = importer.principal;
    const { found, unknown } = await findMaterials(transaction, tenant, rows);
    const added = new Set((await addPlaces(transaction, tenant, found)).map(placeKey));
    const known = new Map((await lockStock(transaction, tenant, found)).map((stock) => [placeKey(stock), stock]));
    const given = found.map(({ sku, materialId, facility, ...row }) => {
      const key = placeKey({ materialId, facility });
      const before = added.has(key) ? null : (known.get(key) ?? null);
      return { sku, materialId, facility, before, after: { onHand: row.quantity_on_hand, onOrder: row.quantity_on_order, allocated: row.quantity_allocated } };
    });
    const changed = given.filter(({ before, after }) => before === null || !sameStock(before, after));
    await storeStock(transaction, tenant, changed.map(({ materialId, facility, after }) => ({ materialId, facility, ...after })));
    await recordImportedStock(transaction, importer, changed);
    return unknown;
  },
};

/** The stock of a tenant, that of retired items too, as the import takes it. */
export const inventorySource = (tenant: string): CsvSource => ({
  name: "inventory",
  columns: ["sku", "facility", "quantity_on_hand", "quantity_on_order", "quantity_allocated"],
  sql: `
    SELECT i.sku, v.facility_id AS facility, v.quantity_on_hand, v.quantity_on_order, v.quantity_allocated
    FROM inventory v JOIN items i USING (material_id)
    WHERE v.tenant_id = $1 ORDER BY i.sku, v.facility_id`,
  values: [tenant],
});
