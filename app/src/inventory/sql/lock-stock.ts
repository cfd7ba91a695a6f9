import type { Queryable } from "../../platform/db.ts";
import type { Stock } from "../../replenishment/order-quantity.ts";

/** A place of an item. */
export interface Place {
  readonly materialId: string;
  readonly facility: string;
}

/** One text for a place. */
export const placeKey = ({ materialId, facility }: Place) => `${materialId} ${facility}`;

/** The stock at a place. */
export interface PlacedStock extends Place, Stock {}

/** Rows are taken in one order, so that two senders do not wait for each other. */
const addSql = `
  INSERT INTO inventory (tenant_id, facility_id, material_id)
  SELECT $1, facility, material_id FROM unnest($2::uuid[], $3::text[]) AS wanted (material_id, facility)
  ORDER BY material_id, facility
  ON CONFLICT DO NOTHING
  RETURNING material_id AS "materialId", facility_id AS facility`;

/** Makes items stocked at distinct places, with nothing there yet; gives the places that are new. */
export async function addPlaces(transaction: Queryable, tenant: string, places: readonly Place[]): Promise<Place[]> {
  return transaction.query<Place & Record<string, unknown>>("inventory.add-places", addSql, [tenant, ...columnsOf(places)]);
}

/** Places are looked up one by one, and stored by an INSERT, which take as long however many others there are. */
const lockSql = `
  SELECT wanted.material_id AS "materialId", wanted.facility, v.quantity_on_hand AS "onHand", v.quantity_on_order AS "onOrder", v.quantity_allocated AS allocated
  FROM (SELECT * FROM unnest($2::uuid[], $3::text[]) AS place (material_id, facility) ORDER BY material_id, facility) AS wanted
  CROSS JOIN LATERAL (
    SELECT * FROM inventory WHERE tenant_id = $1 AND facility_id = wanted.facility AND material_id = wanted.material_id
    FOR UPDATE
  ) AS v`;

/** The stock at distinct places, which nobody else changes until the transaction ends. */
export async function lockStock(transaction: Queryable, tenant: string, places: readonly Place[]): Promise<PlacedStock[]> {
  return transaction.query<PlacedStock & Record<string, unknown>>("inventory.lock", lockSql, [tenant, ...columnsOf(places)]);
}

const storeSql = `
  INSERT INTO inventory (tenant_id, facility_id, material_id, quantity_on_hand, quantity_on_order, quantity_allocated)
  SELECT $1, facility, "materialId", "onHand", "onOrder", allocated
  FROM jsonb_to_recordset($2::jsonb) AS given ("materialId" uuid, facility text, "onHand" float8, "onOrder" float8, allocated float8)
  ON CONFLICT (tenant_id, facility_id, material_id) DO UPDATE SET
    quantity_on_hand = excluded.quantity_on_hand, quantity_on_order = excluded.quantity_on_order,
    quantity_allocated = excluded.quantity_allocated, updated_at = clock_timestamp()`;

/** Stores the stock at places that are locked. */
export async function storeStock(transaction: Queryable, tenant: string, stock: readonly PlacedStock[]): Promise<void> {
  await transaction.query("inventory.store", storeSql, [tenant, JSON.stringify(stock)]);
}

function columnsOf(places: readonly Place[]): [materialIds: string[], facilities: string[]] {
  return [places.map(({ materialId }) => materialId), places.map(({ facility }) => facility)];
}
