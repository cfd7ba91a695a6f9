import { z } from "zod";
import { importRoute } from "../catalog/import-route.ts";
import { sku } from "../catalog/item.ts";
import { sendCsv } from "../platform/csv-export.ts";
import { ConflictError, InvalidRequestError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { moment, text } from "../platform/fields.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";
import { DEFAULT_FACILITY } from "../platform/tenant.ts";
import { applyTransactions } from "./apply-transactions.ts";
import { inventoryChanged } from "./inventory-caches.ts";
import { listTransactions, transactionsByReference } from "./sql/list-transactions.ts";
import { contradictionIn, note, reference, transactionQuantity, transactionReply, transactionType } from "./transaction.ts";
import { transactionsCsv, transactionsSource } from "./transactions-csv.ts";

const newTransaction = z
  .strictObject({
    reference,
    type: transactionType,
    sku,
    facility: text(64).default(DEFAULT_FACILITY),
    toFacility: text(64).optional(),
    quantity: transactionQuantity,
    note: note.optional(),
    occurredAt: moment.optional(),
  })
  .superRefine((transaction, context) => {
    const contradiction = contradictionIn(transaction);
    if (contradiction !== undefined) context.addIssue({ code: "custom", path: [contradiction.field], message: contradiction.message });
  });

const listQuery = z.strictObject({ ...pageQuery, sku: text(64).optional(), facility: text(64).optional(), type: transactionType.optional() });

/** `/api/transactions`: what changed the stock; list, add, import and export. */
export function transactionRoutes(context: FeatureContext): Route[] {
  const { cache } = context;
  return [
    route({
      method: "get",
      path: "/api/transactions",
      access: "viewer",
      tag: "inventory",
      summary: "List the transactions that changed the stock, the newest first: all, of an item, of a facility or of a type.",
      query: listQuery,
      answers: { 200: { description: "A page of transactions.", schema: z.object({ transactions: z.array(transactionReply), nextCursor: z.string().nullable() }) } },
      handle: async ({ query: { limit, cursor, ...filter }, database, response }) => {
        const before = cursor === undefined ? undefined : transactionOf(cursor);
        const page = toPage(await listTransactions(database, { ...filter, before }, limit + 1), limit, ({ id }) => [id]);
        response.json({ transactions: page.rows, nextCursor: page.nextCursor });
      },
    }),
    route({
      method: "post",
      path: "/api/transactions",
      access: "staff",
      tag: "inventory",
      summary: "Record a transaction and change the stock by it. Its reference makes it safe to send again.",
      body: newTransaction,
      answers: {
        200: { description: "It was recorded before; this is how.", schema: transactionReply },
        201: { description: "It is recorded and the stock is changed.", schema: transactionReply },
      },
      handle: async ({ body, principal, database, response }) => {
        const { stored, isNew } = await database.transaction(async (transaction) => {
          const { recorded: [created], refused: [refusal] } = await applyTransactions(transaction, { principal, requestId: requestIdOf(response) }, "create", [{ row: 1, value: body }]);
          if (refusal !== undefined) throw new ConflictError(`The transaction is refused: ${refusal.message}.`);
          const [stored] = created === undefined ? await transactionsByReference(transaction, database.tenant, [body.reference]) : [created];
          return { stored, isNew: created !== undefined };
        });
        if (isNew) await inventoryChanged(cache, database.tenant);
        response.status(isNew ? 201 : 200).json(stored);
      },
    }),
    importRoute("transactions", transactionsCsv, context, (tenant) => inventoryChanged(cache, tenant)),
    route({
      method: "get",
      path: "/api/transactions/export",
      access: "viewer",
      tag: "inventory",
      summary: "Export all transactions as a CSV that the import takes.",
      answers: { 200: { description: "The transactions, the oldest first.", contentType: "text/csv" } },
      handle: ({ database, response }) => sendCsv(response, database, transactionsSource(database.tenant)),
    }),
  ];
}

function transactionOf(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (id === undefined || !/^\d{1,18}$/.test(id)) throw new InvalidRequestError("The query parameter cursor is not one that this list gave.");
  return id;
}
