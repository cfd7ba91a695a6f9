import { z } from "zod";
import { requireItem } from "../catalog/change-items.ts";
import type { TenantDatabase } from "../platform/db.ts";
import { InvalidRequestError } from "../platform/errors.ts";
import { day, text } from "../platform/fields.ts";
import { decodeCursor, foreignCursor, pageQuery, toPage } from "../platform/pagination.ts";
import { listDemand } from "./sql/list-demand.ts";

/** What the demand of an item can be asked for; without a facility that of all. */
export const demandQuery = z.strictObject({ ...pageQuery, sku: text(64), facility: text(64).optional(), from: day.optional(), to: day.optional() });

/** Days with demand, oldest first; a day that is not there is a day without. */
export const demandPage = z.object({ sku: z.string(), demand: z.array(z.object({ date: z.iso.date(), facility: z.string(), quantity: z.number() })), nextCursor: z.string().nullable() });

/**
 * What was asked for of an item, day by day.
 *
 * @throws NotFoundError when there is no such item
 */
export async function getDemandHistory(database: TenantDatabase, { sku, limit, cursor, ...filter }: z.infer<typeof demandQuery>): Promise<z.infer<typeof demandPage>> {
  const { from, to } = filter;
  if (from !== undefined && to !== undefined && from > to) throw new InvalidRequestError("from must not be later than to.");
  const position = cursor === undefined ? [] : decodeCursor(cursor, 2);
  if (position.length > 0 && !day.safeParse(position[0]).success) throw foreignCursor();
  await requireItem(database, sku);
  const page = toPage(await listDemand(database, sku, filter, position, limit + 1), limit, ({ date, facility }) => [date, facility]);
  return { sku, demand: [...page.rows], nextCursor: page.nextCursor };
}
