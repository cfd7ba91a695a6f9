import { z } from "zod";
import { textCell } from "../platform/csv-columns.ts";
import type { CsvKind } from "../platform/csv-import.ts";

const itemRow = z.object({
  sku: textCell(64),
  name: textCell(200),
  category: textCell(64).optional(),
  unit: textCell(32).optional(),
  demand_period: z.enum(["day", "month"], "must be day or month").optional(),
});

type ItemRow = z.infer<typeof itemRow>;

/** A cell that is left empty keeps what the item already has. */
const upsert = `
  INSERT INTO items (tenant_id, sku, name, category, unit, demand_period)
  SELECT $1, given.sku, given.name, coalesce(given.category, known.category), coalesce(given.unit, known.unit, 'each'), coalesce(given.demand_period, known.demand_period, 'day')
  FROM jsonb_to_recordset($2::jsonb) AS given (sku text, name text, category text, unit text, demand_period text)
  LEFT JOIN items known ON known.tenant_id = $1 AND known.sku = given.sku
  ON CONFLICT (tenant_id, sku) DO UPDATE SET
    name = excluded.name, category = excluded.category, unit = excluded.unit, demand_period = excluded.demand_period, updated_at = now()`;

/** CSV of items: `sku,name[,category][,unit][,demand_period]`; an item that exists is updated. */
export const itemsCsv: CsvKind<ItemRow> = {
  required: ["sku", "name"],
  optional: ["category", "unit", "demand_period"],
  row: itemRow,
  keyOf: ({ sku }) => sku,
  store: async (transaction, tenant, rows) => {
    await transaction.query("items.upsert", upsert, [tenant, JSON.stringify(rows.map(({ value }) => value))]);
    return [];
  },
};
