import { z } from "zod";
import { sku } from "../catalog/item.ts";
import { numberCell } from "../platform/csv-columns.ts";
import type { CsvSource } from "../platform/csv-export.ts";
import type { CsvKind } from "../platform/csv-import.ts";
import { moment, text } from "../platform/fields.ts";
import { DEFAULT_FACILITY } from "../platform/tenant.ts";
import { applyTransactions } from "./apply-transactions.ts";
import { contradictionIn, note, reference, transactionQuantity, transactionType } from "./transaction.ts";

const transactionRow = z
  .object({
    reference,
    type: transactionType,
    sku,
    quantity: numberCell(transactionQuantity),
    facility: text(64).default(DEFAULT_FACILITY),
    to_facility: text(64).optional(),
    note: note.optional(),
    occurred_at: moment.optional(),
  })
  .superRefine(({ to_facility: toFacility, ...row }, context) => {
    const contradiction = contradictionIn({ ...row, toFacility });
    if (contradiction !== undefined) context.addIssue({ code: "custom", path: [contradiction.field === "toFacility" ? "to_facility" : contradiction.field], message: contradiction.message });
  });

type TransactionRow = z.infer<typeof transactionRow>;

const required = ["reference", "type", "sku", "quantity"];
const optional = ["facility", "to_facility", "note", "occurred_at"];

/** CSV of transactions: `reference,type,sku,quantity[,facility][,to_facility][,note][,occurred_at]`; a reference that is known is taken as sent again. */
export const transactionsCsv: CsvKind<TransactionRow> = {
  required,
  optional,
  row: transactionRow,
  store: async (transaction, importer, rows) => {
    const given = rows.map(({ row, value: { to_facility: toFacility, occurred_at: occurredAt, ...value } }) => ({ row, value: { ...value, toFacility, occurredAt } }));
    return (await applyTransactions(transaction, importer, "import", given)).refused;
  },
};

/** All transactions of a tenant, the oldest first, as the import takes them. */
export const transactionsSource = (tenant: string): CsvSource => ({
  name: "transactions",
  columns: [...required, ...optional],
  sql: `
    SELECT t.reference, t.type, i.sku, t.quantity, t.facility_id AS facility, t.to_facility_id AS to_facility, t.note, t.occurred_at
    FROM inventory_transactions t JOIN items i USING (material_id)
    WHERE t.tenant_id = $1 ORDER BY t.transaction_id`,
  values: [tenant],
});
