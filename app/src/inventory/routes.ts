import { z } from "zod";
import { importRoute } from "../catalog/import-route.ts";
import { sendCsv } from "../platform/csv-export.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { decodeCursor, pageQuery } from "../platform/pagination.ts";
import { type Route, route } from "../platform/route.ts";
import { inventoryChanged } from "./inventory-caches.ts";
import { inventoryCsv, inventorySource } from "./inventory-csv.ts";
import { inventoryQuery, inventorySummaryQuery } from "./inventory-queries.ts";

const stock = z.object({
  sku: z.string(),
  facility: z.string(),
  quantityOnHand: z.number(),
  quantityOnOrder: z.number(),
  quantityAllocated: z.number(),
  updatedAt: z.iso.datetime(),
});
const stockList = z.object({ inventory: z.array(stock), nextCursor: z.string().nullable() });

const summary = z.object({
  items: z.int(),
  facilities: z.int(),
  places: z.int(),
  quantityOnHand: z.number(),
  quantityOnOrder: z.number(),
  quantityAllocated: z.number(),
  outOfStock: z.int(),
  valueOnHand: z.number(),
  placesWithoutCost: z.int(),
});

/** `/api/inventory`: what is stocked where; list, sum up, import and export. */
export function inventoryRoutes(context: FeatureContext): Route[] {
  const { cache, queries } = context;
  return [
    route({
      method: "get",
      path: "/api/inventory",
      access: "viewer",
      tag: "inventory",
      summary: "List the stock in the order of skus and facilities.",
      query: z.strictObject(pageQuery),
      answers: { 200: { description: "A page of stock.", schema: stockList } },
      handle: ({ query: { limit, cursor }, ...asked }) => {
        const position = cursor === undefined ? [] : decodeCursor(cursor, 2);
        return queries.send(inventoryQuery, asked, { limit, position });
      },
    }),
    route({
      method: "get",
      path: "/api/inventory/summary",
      access: "viewer",
      tag: "inventory",
      summary: "Sum up the stock of the items in use.",
      answers: { 200: { description: "The totals.", schema: summary } },
      handle: (asked) => queries.send(inventorySummaryQuery, asked, {}),
    }),
    importRoute("inventory", inventoryCsv, context, (tenant) => inventoryChanged(cache, tenant)),
    route({
      method: "get",
      path: "/api/inventory/export",
      access: "viewer",
      tag: "inventory",
      summary: "Export the stock as a CSV that the import takes.",
      answers: { 200: { description: "The stock in the order of skus and facilities.", contentType: "text/csv" } },
      handle: ({ database, response }) => sendCsv(response, database, inventorySource(database.tenant)),
    }),
  ];
}
