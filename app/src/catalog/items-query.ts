import { z } from "zod";
import type { CachedQuery } from "../platform/cached-query.ts";
import { toPage } from "../platform/pagination.ts";
import { itemLists } from "./item-caches.ts";
import { listItems } from "./list-items.ts";

const input = z.strictObject({ active: z.enum(["true", "false", "all"]), limit: z.int().min(1).max(200), afterSku: z.string() });

/** A page of the list of items. */
export const itemsQuery: CachedQuery<z.infer<typeof input>> = {
  name: "items.list",
  cache: "lists",
  input,
  usual: { active: "true", limit: 50, afterSku: "" },
  group: itemLists,
  compute: async (database, { active, limit, afterSku }) => {
    const page = toPage(await listItems(database, { active, afterSku, limit: limit + 1 }), limit, ({ sku }) => [sku]);
    return { items: page.rows, nextCursor: page.nextCursor };
  },
};
