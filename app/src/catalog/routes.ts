import { z } from "zod";
import type { FeatureContext } from "../platform/feature.ts";
import { importRoute } from "../platform/import-route.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { type Route, route } from "../platform/route.ts";
import { itemsCsv } from "./items-csv.ts";
import { listItems } from "./list-items.ts";

/** Cached lists of a tenant's items belong to this group. */
const itemLists = (tenant: string) => `items:all:${tenant}`;

const item = z.object({
  sku: z.string(),
  name: z.string(),
  category: z.string().nullable(),
  unit: z.string(),
  demandPeriod: z.enum(["day", "month"]),
  active: z.boolean(),
  updatedAt: z.iso.datetime(),
});
const itemList = z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** `GET /api/items` and `POST /api/items/import`. */
export function catalogRoutes(context: FeatureContext): Route[] {
  const { cache } = context;
  return [
    route({
      method: "get",
      path: "/api/items",
      access: "viewer",
      tag: "items",
      summary: "List the items in the order of their skus.",
      query: z.strictObject(pageQuery),
      answers: { 200: { description: "A page of items.", schema: itemList } },
      handle: async ({ query: { limit, cursor }, database, response }) => {
        const [afterSku = ""] = cursor === undefined ? [] : decodeCursor(cursor, 1);
        const body = await cache.json({ cache: "lists", group: itemLists(database.tenant), key: `${limit}:${afterSku}` }, async () => {
          const page = toPage(await listItems(database, afterSku, limit + 1), limit, ({ sku }) => [sku]);
          return { items: page.rows, nextCursor: page.nextCursor };
        });
        response.type("application/json").send(body);
      },
    }),
    importRoute("items", itemsCsv, context, (tenant) => cache.invalidate(itemLists(tenant))),
  ];
}
