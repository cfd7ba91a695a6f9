import { z } from "zod";
import type { CachedQuery } from "../platform/cached-query.ts";
import { toPage } from "../platform/pagination.ts";
import { inventoryLists, inventorySummaries } from "./inventory-caches.ts";
import { listInventory } from "./list-inventory.ts";
import { summarizeInventory } from "./sql/summarize-inventory.ts";

const page = z.strictObject({ limit: z.int().min(1).max(200), position: z.array(z.string()).max(2) });

/** A page of the list of stock. */
export const inventoryQuery: CachedQuery<z.infer<typeof page>> = {
  name: "inventory.list",
  cache: "lists",
  input: page,
  usual: { limit: 50, position: [] },
  group: inventoryLists,
  compute: async (database, { limit, position }) => {
    const { rows, nextCursor } = toPage(await listInventory(database, position, limit + 1), limit, ({ sku, facility }) => [sku, facility]);
    return { inventory: rows, nextCursor };
  },
};

const nothing = z.strictObject({});

/** The totals of the stock. */
export const inventorySummaryQuery: CachedQuery<z.infer<typeof nothing>> = {
  name: "inventory.summary",
  cache: "summaries",
  input: nothing,
  usual: {},
  group: inventorySummaries,
  compute: (database) => summarizeInventory(database),
};
