import { Router } from "express";
import { z } from "zod";
import type { FeatureContext } from "../platform/feature.ts";
import { importRoute } from "../platform/import-route.ts";
import { decodeCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { TENANT } from "../platform/tenant.ts";
import { validate } from "../platform/validation.ts";
import { itemsCsv } from "./items-csv.ts";
import { listItems } from "./list-items.ts";

/** Cached lists of items belong to this group. */
const itemLists = `items:all:${TENANT}`;

const listQuery = z.strictObject(pageQuery);

/** `GET /api/items` and `POST /api/items/import`. */
export function catalogRoutes(context: FeatureContext): Router {
  const { database, cache } = context;
  const router = Router();

  router.get("/api/items", async (request, response) => {
    const { limit, cursor } = validate(listQuery, request.query, "query parameter");
    const [afterSku = ""] = cursor === undefined ? [] : decodeCursor(cursor, 1);
    const body = await cache.json({ cache: "lists", group: itemLists, key: `${limit}:${afterSku}` }, async () => {
      const page = toPage(await listItems(database, TENANT, afterSku, limit + 1), limit, ({ sku }) => [sku]);
      return { items: page.rows, nextCursor: page.nextCursor };
    });
    response.type("application/json").send(body);
  });

  router.post(
    "/api/items/import",
    context.serviceToken,
    importRoute("items", itemsCsv, context, () => cache.invalidate(itemLists)),
  );
  return router;
}
