import { z } from "zod";
import { recordChanges } from "../audit/record-change.ts";
import { numberCell } from "../platform/csv-columns.ts";
import type { CsvSource } from "../platform/csv-export.ts";
import type { CsvKind } from "../platform/csv-import.ts";
import { columnList, itemColumns } from "./item-columns.ts";
import { itemFields, sku } from "./item.ts";
import { storeItems } from "./store-items.ts";

const itemRow = z.object({
  sku,
  name: itemFields.name,
  category: itemFields.category.optional(),
  unit: itemFields.unit.optional(),
  demand_period: itemFields.demandPeriod.optional(),
  active: z
    .enum(["true", "false"], "must be true or false")
    .transform((cell) => cell === "true")
    .optional(),
  unit_cost: numberCell(itemFields.unitCost).optional(),
  ordering_cost: numberCell(itemFields.orderingCost).optional(),
  holding_cost_rate: numberCell(itemFields.holdingCostRate).optional(),
  lead_time_days: numberCell(itemFields.leadTimeDays).optional(),
  lead_time_std_days: numberCell(itemFields.leadTimeStdDays).optional(),
  minimum_order_quantity: numberCell(itemFields.minimumOrderQuantity).optional(),
  pack_size: numberCell(itemFields.packSize).optional(),
  service_level: numberCell(itemFields.serviceLevel).optional(),
  supplier: itemFields.supplier.optional(),
});

type ItemRow = z.infer<typeof itemRow>;

/** CSV of items: `sku,name` and any of the other columns; an item that exists is updated. */
export const itemsCsv: CsvKind<ItemRow> = {
  required: ["sku", "name"],
  optional: itemColumns.map(([column]) => column).filter((column) => column !== "sku" && column !== "name"),
  row: itemRow,
  keyOf: (row) => row.sku,
  store: async (transaction, importer, rows) => {
    const changes = await storeItems(transaction, importer.principal.tenant, rows.map(({ value }) => value));
    await recordChanges(transaction, importer, { action: "import", entity: "item" }, changes.map(({ before, after }) => ({ entityId: after.sku, before, after })));
    return [];
  },
};

/** All items of a tenant, retired ones too, as the import takes them. */
export const itemsSource = (tenant: string): CsvSource => ({
  name: "items",
  columns: itemColumns.map(([column]) => column),
  sql: `SELECT ${columnList} FROM items WHERE tenant_id = $1 ORDER BY sku`,
  values: [tenant],
});
