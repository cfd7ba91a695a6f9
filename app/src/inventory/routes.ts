import { z } from "zod";
import { importRoute } from "../catalog/import-route.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { type Route, route } from "../platform/route.ts";
import { inventoryCsv } from "./inventory-csv.ts";
import { listInventory } from "./list-inventory.ts";

/** Cached lists of a tenant's stock belong to this group. */
const inventoryLists = (tenant: string) => `inventory:all:${tenant}`;

const stock = z.object({
  sku: z.string(),
  facility: z.string(),
  quantityOnHand: z.number(),
  quantityOnOrder: z.number(),
  quantityAllocated: z.number(),
  updatedAt: z.iso.datetime(),
});
const stockList = z.object({ inventory: z.array(stock), nextCursor: z.string().nullable() });

/** `GET /api/inventory` and `POST /api/inventory/import`. */
export function inventoryRoutes(context: FeatureContext): Route[] {
  const { cache } = context;
  return [
    route({
      method: "get",
      path: "/api/inventory",
      access: "viewer",
      tag: "inventory",
      summary: "List the stock in the order of skus and facilities.",
      query: z.strictObject(pageQuery),
      answers: { 200: { description: "A page of stock.", schema: stockList } },
      handle: async ({ query: { limit, cursor }, database, response }) => {
        const position = cursor === undefined ? [] : decodeCursor(cursor, 2);
        const body = await cache.json({ cache: "lists", group: inventoryLists(database.tenant), key: `${limit}:${JSON.stringify(position)}` }, async () => {
          const page = toPage(await listInventory(database, position, limit + 1), limit, ({ sku, facility }) => [sku, facility]);
          return { inventory: page.rows, nextCursor: page.nextCursor };
        });
        response.type("application/json").send(body);
      },
    }),
    importRoute("inventory", inventoryCsv, context, (tenant) => cache.invalidate(inventoryLists(tenant))),
  ];
}
