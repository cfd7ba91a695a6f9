import { Router } from "express";
import { z } from "zod";
import type { FeatureContext } from "../platform/feature.ts";
import { importRoute } from "../platform/import-route.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { TENANT } from "../platform/tenant.ts";
import { validate } from "../platform/validation.ts";
import { inventoryCsv } from "./inventory-csv.ts";
import { listInventory } from "./list-inventory.ts";

/** Cached lists of stock belong to this group. */
const inventoryLists = `inventory:all:${TENANT}`;

const listQuery = z.strictObject(pageQuery);

/** `GET /api/inventory` and `POST /api/inventory/import`. */
export function inventoryRoutes(context: FeatureContext): Router {
  const { database, cache } = context;
  const router = Router();

  router.get("/api/inventory", async (request, response) => {
    const { limit, cursor } = validate(listQuery, request.query, "query parameter");
    const position = cursor === undefined ? [] : decodeCursor(cursor, 2);
    const body = await cache.json({ cache: "lists", group: inventoryLists, key: `${limit}:${JSON.stringify(position)}` }, async () => {
      const page = toPage(await listInventory(database, TENANT, position, limit + 1), limit, ({ sku, facility }) => [sku, facility]);
      return { inventory: page.rows, nextCursor: page.nextCursor };
    });
    response.type("application/json").send(body);
  });

  router.post(
    "/api/inventory/import",
    context.serviceToken,
    importRoute("inventory", inventoryCsv, context, () => cache.invalidate(inventoryLists)),
  );
  return router;
}
