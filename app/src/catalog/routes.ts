import { z } from "zod";
import { sendCsv } from "../platform/csv-export.ts";
import { inventoryChanged } from "../inventory/inventory-caches.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { text } from "../platform/fields.ts";
import { decodeCursor, pageQuery } from "../platform/pagination.ts";
import { requestIdOf } from "../platform/request-id.ts";
import { type Route, route } from "../platform/route.ts";
import { createItem, replaceItem, requireItem, retireItem } from "./change-items.ts";
import { importRoute } from "./import-route.ts";
import { itemsChanged } from "./item-caches.ts";
import { itemReply, newItem, replacedItem } from "./item.ts";
import { itemsCsv, itemsSource } from "./items-csv.ts";
import { itemsQuery } from "./items-query.ts";

const itemList = z.object({ items: z.array(itemReply), nextCursor: z.string().nullable() });
const itemListQuery = z.strictObject({ ...pageQuery, active: z.enum(["true", "false", "all"], "must be true, false or all").default("true") });
const itemPath = z.object({ sku: text(64) });

/** `/api/items`: list, read, create, replace, retire, import and export. */
export function catalogRoutes(context: FeatureContext): Route[] {
  const { cache, queries } = context;
  // The summary of the stock counts items in use, and what they cost.
  const changed = async (tenant: string) => {
    await Promise.all([itemsChanged(cache, tenant), inventoryChanged(cache, tenant)]);
  };
  return [
    route({
      method: "get",
      path: "/api/items",
      access: "viewer",
      tag: "items",
      summary: "List the items in the order of their skus: those in use, the retired ones (active=false) or all.",
      query: itemListQuery,
      answers: { 200: { description: "A page of items.", schema: itemList } },
      handle: ({ query: { limit, cursor, active }, ...asked }) => {
        const [afterSku = ""] = cursor === undefined ? [] : decodeCursor(cursor, 1);
        return queries.send(itemsQuery, asked, { active, limit, afterSku });
      },
    }),
    route({
      method: "post",
      path: "/api/items",
      access: "staff",
      tag: "items",
      summary: "Add an item.",
      body: newItem,
      answers: { 201: { description: "The new item; Location says where it is.", schema: itemReply } },
      handle: async ({ body, principal, database, response }) => {
        const item = await createItem(database, { principal, requestId: requestIdOf(response) }, body);
        await changed(database.tenant);
        response.status(201).location(`/api/items/${encodeURIComponent(item.sku)}`).json(item);
      },
    }),
    importRoute("items", itemsCsv, context, changed),
    route({
      method: "get",
      path: "/api/items/export",
      access: "viewer",
      tag: "items",
      summary: "Export all items, retired ones too, as a CSV that the import takes.",
      answers: { 200: { description: "The items in the order of their skus.", contentType: "text/csv" } },
      handle: ({ database, response }) => sendCsv(response, database, itemsSource(database.tenant)),
    }),
    route({
      method: "get",
      path: "/api/items/:sku",
      access: "viewer",
      tag: "items",
      summary: "Show an item.",
      params: itemPath,
      answers: { 200: { description: "The item.", schema: itemReply } },
      handle: async ({ params, database, response }) => {
        response.json(await requireItem(database, params.sku));
      },
    }),
    route({
      method: "put",
      path: "/api/items/:sku",
      access: "staff",
      tag: "items",
      summary: "Replace all that is known of an item; what is left out gets its default. With updatedAt it is refused when somebody else changed the item since.",
      params: itemPath,
      body: replacedItem,
      answers: { 200: { description: "The item as it is now.", schema: itemReply } },
      handle: async ({ params, body, principal, database, response }) => {
        const item = await replaceItem(database, { principal, requestId: requestIdOf(response) }, params.sku, body);
        await changed(database.tenant);
        response.json(item);
      },
    }),
    route({
      method: "delete",
      path: "/api/items/:sku",
      access: "staff",
      tag: "items",
      summary: "Retire an item: it is not listed and not forecast any more; its history stays, and PUT with active true brings it back.",
      params: itemPath,
      answers: { 204: { description: "The item is retired." } },
      handle: async ({ params, principal, database, response }) => {
        await retireItem(database, { principal, requestId: requestIdOf(response) }, params.sku);
        await changed(database.tenant);
        response.status(204).end();
      },
    }),
  ];
}
