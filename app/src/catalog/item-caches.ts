import type { Cache } from "../platform/cache.ts";

/** Cached lists of a tenant's items belong to this group. */
export const itemLists = (tenant: string): string => `items:all:${tenant}`;

/** Makes every cached answer that shows items be computed again. */
export async function itemsChanged(cache: Cache, tenant: string): Promise<void> {
  await cache.invalidate(itemLists(tenant));
}
