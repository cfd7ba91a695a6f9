import { type Actor, recordChange } from "../audit/record-change.ts";
import type { Queryable, TenantDatabase } from "../platform/db.ts";
import { ConflictError, InvalidRequestError, NotFoundError } from "../platform/errors.ts";
import { columnList, itemColumns, selectedItem } from "./item-columns.ts";
import type { Item, NewItem, ReplacedItem } from "./item.ts";

type ItemRow = Item & Record<string, unknown>;

const find = `SELECT ${selectedItem} FROM items WHERE tenant_id = $1 AND sku = $2`;

const given = `jsonb_to_record($2::jsonb) AS given (${itemColumns.map(([, field, type]) => `"${field}" ${type}`).join(", ")})`;
const givenFields = itemColumns.map(([, field]) => `given."${field}"`).join(", ");

const insert = `
  INSERT INTO items (tenant_id, ${columnList})
  SELECT $1, ${givenFields} FROM ${given}
  ON CONFLICT (tenant_id, sku) DO NOTHING
  RETURNING ${selectedItem}`;

const update = `
  UPDATE items SET (${columnList}, updated_at) = (SELECT ${givenFields}, clock_timestamp() FROM ${given})
  WHERE tenant_id = $1 AND sku = $3
  RETURNING ${selectedItem}`;

const retire = `UPDATE items SET active = false, updated_at = clock_timestamp() WHERE tenant_id = $1 AND sku = $2 RETURNING ${selectedItem}`;

/**
 * The item with this sku.
 *
 * @throws NotFoundError when there is none, or it is retired
 */
export async function requireItem(database: TenantDatabase, sku: string): Promise<Item> {
  const [item] = await database.read<ItemRow>("items.find-one", find, [database.tenant, sku]);
  return checkInUse(item, sku);
}

/**
 * Adds an item.
 *
 * @throws ConflictError when its sku is taken, also by a retired item
 */
export async function createItem(database: TenantDatabase, actor: Actor, item: NewItem): Promise<Item> {
  return database.transaction(async (transaction) => {
    const [created] = await transaction.query<ItemRow>("items.insert", insert, [database.tenant, JSON.stringify(item)]);
    if (created === undefined) throw new ConflictError(`There is an item ${item.sku} already. Change it with PUT /api/items/${encodeURIComponent(item.sku)}, which also brings a retired item back.`);
    await recordChange(transaction, actor, { action: "create", entity: "item", entityId: item.sku, before: null, after: created });
    return created;
  });
}

/**
 * Replaces all that is known of an item; `active: true` brings a retired one back.
 *
 * @throws NotFoundError when there is none
 * @throws ConflictError when it was changed after the given updatedAt
 */
export async function replaceItem(database: TenantDatabase, actor: Actor, sku: string, item: ReplacedItem): Promise<Item> {
  if (item.sku !== undefined && item.sku !== sku) throw new InvalidRequestError(`The field sku is ${item.sku}, but the path says ${sku}; a sku does not change.`);
  return database.transaction(async (transaction) => {
    const before = await lock(transaction, database.tenant, sku);
    if (before === undefined) throw new NotFoundError(`There is no item ${sku}.`);
    if (item.updatedAt !== undefined && Date.parse(item.updatedAt) !== before.updatedAt.getTime()) throw new ConflictError(`The item ${sku} was changed at ${before.updatedAt.toISOString()}; get it again and repeat your change.`);
    const [after] = await transaction.query<ItemRow>("items.update", update, [database.tenant, JSON.stringify({ ...item, sku }), sku]);
    if (after === undefined) throw new NotFoundError(`There is no item ${sku}.`);
    await recordChange(transaction, actor, { action: "update", entity: "item", entityId: sku, before, after });
    return after;
  });
}

/**
 * Retires an item: it is not found and not forecast any more. Its history,
 * stock and forecasts stay, because past runs and transactions point at it.
 *
 * @throws NotFoundError when there is none, or it is retired already
 */
export async function retireItem(database: TenantDatabase, actor: Actor, sku: string): Promise<void> {
  await database.transaction(async (transaction) => {
    const before = checkInUse(await lock(transaction, database.tenant, sku), sku);
    const [after] = await transaction.query<ItemRow>("items.retire", retire, [database.tenant, sku]);
    await recordChange(transaction, actor, { action: "delete", entity: "item", entityId: sku, before, after: after ?? null });
  });
}

async function lock(transaction: Queryable, tenant: string, sku: string): Promise<Item | undefined> {
  const [item] = await transaction.query<ItemRow>("items.lock", `${find} FOR UPDATE`, [tenant, sku]);
  return item;
}

function checkInUse(item: Item | undefined, sku: string): Item {
  if (item === undefined) throw new NotFoundError(`There is no item ${sku}.`);
  if (!item.active) throw new NotFoundError(`The item ${sku} is retired. Bring it back with PUT and active true, or list it with GET /api/items?active=false.`);
  return item;
}
