import { z } from "zod";
import { findMaterials } from "../catalog/find-materials.ts";
import { quantityCell } from "../platform/csv-columns.ts";
import type { CsvSource } from "../platform/csv-export.ts";
import type { CsvKind } from "../platform/csv-import.ts";
import { text } from "../platform/fields.ts";
import { DEFAULT_FACILITY } from "../platform/tenant.ts";

const inventoryRow = z.object({
  sku: text(64),
  facility: text(64).default(DEFAULT_FACILITY),
  quantity_on_hand: quantityCell,
  quantity_on_order: quantityCell.default(0),
  quantity_allocated: quantityCell.default(0),
});

type InventoryRow = z.infer<typeof inventoryRow>;

const upsert = `
  INSERT INTO inventory (tenant_id, facility_id, material_id, quantity_on_hand, quantity_on_order, quantity_allocated)
  SELECT $1, facility, "materialId", quantity_on_hand, quantity_on_order, quantity_allocated
  FROM jsonb_to_recordset($2::jsonb) AS given ("materialId" uuid, facility text, quantity_on_hand float8, quantity_on_order float8, quantity_allocated float8)
  ON CONFLICT (tenant_id, facility_id, material_id) DO UPDATE SET
    quantity_on_hand = excluded.quantity_on_hand, quantity_on_order = excluded.quantity_on_order,
    quantity_allocated = excluded.quantity_allocated, updated_at = now()`;

/** CSV of stock: `sku,quantity_on_hand[,facility][,quantity_on_order][,quantity_allocated]`; it replaces what was known. */
export const inventoryCsv: CsvKind<InventoryRow> = {
  required: ["sku", "quantity_on_hand"],
  optional: ["facility", "quantity_on_order", "quantity_allocated"],
  row: inventoryRow,
  keyOf: ({ sku, facility }) => JSON.stringify([sku, facility]),
  store: async (transaction, { tenant }, rows) => {
    const { found, unknown } = await findMaterials(transaction, tenant, rows);
    await transaction.query("inventory.upsert", upsert, [tenant, JSON.stringify(found)]);
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
