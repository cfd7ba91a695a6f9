import type { Queryable } from "../../platform/db.ts";

/** A suggestion to store, with the names of its columns. */
export interface SuggestionRow {
  readonly facility_id: string;
  readonly material_id: string;
  readonly quantity: number;
  readonly quantity_on_hand: number;
  readonly quantity_on_order: number;
  readonly quantity_allocated: number;
  readonly daily_demand: number;
  readonly lead_time_days: number;
  readonly service_level: number;
  readonly safety_stock: number;
  readonly safety_stock_method: string;
  readonly reorder_point: number;
  readonly reorder_point_method: string;
  readonly economic_order_quantity: number | null;
  readonly estimated_cost: number | null;
  readonly reasons: readonly string[];
}

const columns = [
  "facility_id", "material_id", "quantity", "quantity_on_hand", "quantity_on_order", "quantity_allocated", "daily_demand", "lead_time_days", "service_level",
  "safety_stock", "safety_stock_method", "reorder_point", "reorder_point_method", "economic_order_quantity", "estimated_cost", "reasons",
] as const satisfies readonly (keyof SuggestionRow)[];

/** A pending suggestion is renewed; one that is accepted stands until it is ordered or rejected. */
const upsertSql = `
  INSERT INTO replenishment_suggestions (tenant_id, ${columns.join(", ")})
  SELECT $1, ${columns.join(", ")}
  FROM jsonb_populate_recordset(NULL::replenishment_suggestions, $2::jsonb)
  ORDER BY material_id, facility_id
  ON CONFLICT (tenant_id, facility_id, material_id) WHERE status IN ('pending', 'accepted') DO UPDATE SET
    ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}, updated_at = now()
  WHERE replenishment_suggestions.status = 'pending'
  RETURNING suggestion_id`;

/** Stores suggestions; gives how many are pending by it. */
export async function storeSuggestions(transaction: Queryable, tenant: string, rows: readonly SuggestionRow[]): Promise<number> {
  return (await transaction.query("suggestions.store", upsertSql, [tenant, JSON.stringify(rows)])).length;
}

/** What this transaction has not renewed is not needed any more: now() is the time at which it began. */
const expireSql = `
  UPDATE replenishment_suggestions
  SET status = 'expired', decided_at = clock_timestamp()
  WHERE tenant_id = $1 AND status = 'pending' AND updated_at < now()
  RETURNING suggestion_id`;

/** Ends the pending suggestions that the transaction did not store; gives how many. */
export async function expireSuggestions(transaction: Queryable, tenant: string): Promise<number> {
  return (await transaction.query("suggestions.expire", expireSql, [tenant])).length;
}
