import type { Queryable } from "../../platform/db.ts";

/** A place of an item. */
export interface Place {
  readonly materialId: string;
  readonly facility: string;
}

/** The stock at a place. */
export interface PlacedStock extends Place {
  readonly onHand: number;
  readonly onOrder: number;
  readonly allocated: number;
}

/** A first transaction at a facility makes the item stocked there. Rows are taken in one order, so that two senders do not wait for each other. */
const addSql = `
  INSERT INTO inventory (tenant_id, facility_id, material_id)
  SELECT $1, facility, material_id FROM unnest($2::uuid[], $3::text[]) AS wanted (material_id, facility)
  ORDER BY material_id, facility
  ON CONFLICT DO NOTHING`;

const lockSql = `
  SELECT v.material_id AS "materialId", v.facility_id AS facility, v.quantity_on_hand AS "onHand", v.quantity_on_order AS "onOrder", v.quantity_allocated AS allocated
  FROM inventory v
  JOIN unnest($2::uuid[], $3::text[]) AS wanted (material_id, facility) ON v.material_id = wanted.material_id AND v.facility_id = wanted.facility
  WHERE v.tenant_id = $1
  ORDER BY v.material_id, v.facility_id
  FOR UPDATE OF v`;

/** The stock at distinct places, which nobody else changes until the transaction ends. */
export async function lockStock(transaction: Queryable, tenant: string, places: readonly Place[]): Promise<PlacedStock[]> {
  const values = [tenant, places.map(({ materialId }) => materialId), places.map(({ facility }) => facility)];
  await transaction.query("inventory.add-places", addSql, values);
  return transaction.query<PlacedStock & Record<string, unknown>>("inventory.lock", lockSql, values);
}

const storeSql = `
  UPDATE inventory v
  SET quantity_on_hand = given."onHand", quantity_on_order = given."onOrder", quantity_allocated = given.allocated, updated_at = clock_timestamp()
  FROM jsonb_to_recordset($2::jsonb) AS given ("materialId" uuid, facility text, "onHand" float8, "onOrder" float8, allocated float8)
  WHERE v.tenant_id = $1 AND v.material_id = given."materialId" AND v.facility_id = given.facility`;

/** Stores the stock at places that are locked. */
export async function storeStock(transaction: Queryable, tenant: string, stock: readonly PlacedStock[]): Promise<void> {
  await transaction.query("inventory.store", storeSql, [tenant, JSON.stringify(stock)]);
}
