import type { Cache } from "../platform/cache.ts";

/** Cached lists of a tenant's stock belong to this group. */
export const inventoryLists = (tenant: string): string => `inventory:all:${tenant}`;

/** The cached summary of a tenant's stock belongs to this group. */
export const inventorySummaries = (tenant: string): string => `inventory:summary:v1:${tenant}`;

/** Makes every cached answer that shows stock be computed again. */
export async function inventoryChanged(cache: Cache, tenant: string): Promise<void> {
  await Promise.all([cache.invalidate(inventoryLists(tenant)), cache.invalidate(inventorySummaries(tenant))]);
}
