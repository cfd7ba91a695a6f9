import { z } from "zod";
import { findMaterials } from "../catalog/find-materials.ts";
import { recordImportedStock } from "../inventory/imported-stock.ts";
import { addPlaces, type Place, placeKey } from "../inventory/sql/lock-stock.ts";
import { quantityCell } from "../platform/csv-columns.ts";
import type { CsvSource } from "../platform/csv-export.ts";
import type { CsvKind, Importer } from "../platform/csv-import.ts";
import type { Queryable } from "../platform/db.ts";
import { pastDay, text } from "../platform/fields.ts";
import { DEFAULT_FACILITY } from "../platform/tenant.ts";
import { collectChanges, recordCollected } from "./sql/collected-changes.ts";
import { storeDemand } from "./sql/store-demand.ts";

const demandRow = z.object({
  sku: text(64),
  facility: text(64).default(DEFAULT_FACILITY),
  date: pastDay,
  quantity: quantityCell,
});

type DemandRow = z.infer<typeof demandRow>;

/** CSV of demand: `sku,date,quantity[,facility]`, one row per day with demand; a day that is known is replaced. */
export const demandCsv: CsvKind<DemandRow> = {
  required: ["sku", "date", "quantity"],
  optional: ["facility"],
  row: demandRow,
  keyOf: ({ sku, facility, date }) => JSON.stringify([sku, facility, date]),
  prepare: collectChanges,
  store: async (transaction, importer, rows) => {
    const { tenant } = importer.principal;
    const { found, unknown } = await findMaterials(transaction, tenant, rows);
    await storeDemand(transaction, tenant, found, rows[0]?.row ?? 0);
    await stockThere(transaction, importer, found);
    return unknown;
  },
  conclude: recordCollected,
};

/** The inventory says what is stocked where, and so what is forecast: demand at a new place adds the place. */
async function stockThere(transaction: Queryable, importer: Importer, found: readonly (Place & { readonly sku: string })[]): Promise<void> {
  const places = new Map(found.map((row) => [placeKey(row), row]));
  const added = new Set((await addPlaces(transaction, importer.principal.tenant, [...places.values()])).map(placeKey));
  const after = { onHand: 0, onOrder: 0, allocated: 0 };
  await recordImportedStock(transaction, importer, [...places].flatMap(([key, { sku, facility }]) => (added.has(key) ? [{ sku, facility, before: null, after }] : [])));
}

/** All demand of a tenant, that of retired items too, as the import takes it. */
export const demandSource = (tenant: string): CsvSource => ({
  name: "demand",
  columns: ["sku", "date", "quantity", "facility"],
  sql: `
    SELECT i.sku, h.demand_date::text AS date, h.quantity, h.facility_id AS facility
    FROM demand_history h JOIN items i USING (material_id)
    WHERE h.tenant_id = $1 ORDER BY i.sku, h.facility_id, h.demand_date`,
  values: [tenant],
});
