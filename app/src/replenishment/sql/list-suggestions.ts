import type { Queryable, TenantDatabase } from "../../platform/db.ts";
import type { StoredSuggestion } from "../suggestion.ts";

const selected = `
  SELECT s.suggestion_id AS id, i.sku, s.facility_id AS facility, i.supplier, s.status, s.urgency, s.urgency_rank AS "urgencyRank", s.quantity, s.estimated_cost AS "estimatedCost",
         s.quantity_on_hand AS "quantityOnHand", s.quantity_on_order AS "quantityOnOrder", s.quantity_allocated AS "quantityAllocated",
         s.daily_demand AS "dailyDemand", s.lead_time_days AS "leadTimeDays", s.service_level AS "serviceLevel",
         s.safety_stock AS "safetyStock", s.safety_stock_method AS "safetyStockMethod", s.reorder_point AS "reorderPoint", s.reorder_point_method AS "reorderPointMethod",
         s.economic_order_quantity AS "economicOrderQuantity", s.reasons, s.created_at AS "createdAt", s.updated_at AS "updatedAt", s.decided_at AS "decidedAt", s.decided_by AS "decidedBy", s.note
  FROM replenishment_suggestions s
  JOIN items i USING (material_id)`;

const listSql = `${selected}
  WHERE s.tenant_id = $1 AND s.status = $2 AND (s.urgency_rank, s.suggestion_id) > ($3, $4)
    AND ($5::text IS NULL OR s.urgency = $5) AND ($6::text IS NULL OR s.facility_id = $6)
  ORDER BY s.urgency_rank, s.suggestion_id
  LIMIT $7`;

/** Which suggestions are wanted. */
export interface SuggestionFilter {
  readonly status: string;
  readonly urgency?: string | undefined;
  readonly facility?: string | undefined;
}

/** Before all ids. */
const FIRST = "00000000-0000-0000-0000-000000000000";

/** Suggestions of one status after a position, the most urgent first (index idx_replenishment_suggestions_status). */
export function listSuggestions(database: TenantDatabase, { status, urgency, facility }: SuggestionFilter, [afterRank = "0", afterId = FIRST]: readonly string[], limit: number): Promise<StoredSuggestion[]> {
  return database.read<StoredSuggestion>("suggestions.list", listSql, [database.tenant, status, afterRank, afterId, urgency ?? null, facility ?? null, limit]);
}

const findSql = `${selected} WHERE s.tenant_id = $1 AND s.suggestion_id = $2`;

/** One suggestion; undefined when there is none. */
export async function findSuggestion(database: Queryable, tenant: string, id: string): Promise<StoredSuggestion | undefined> {
  const [found] = await database.query<StoredSuggestion>("suggestions.find", findSql, [tenant, id]);
  return found;
}

/** The same, which nobody else changes until the transaction ends. */
export async function lockSuggestion(transaction: Queryable, tenant: string, id: string): Promise<StoredSuggestion | undefined> {
  const [found] = await transaction.query<StoredSuggestion>("suggestions.lock", `${findSql} FOR UPDATE OF s`, [tenant, id]);
  return found;
}

const decideSql = `
  UPDATE replenishment_suggestions
  SET status = $3, decided_at = clock_timestamp(), decided_by = $4, note = coalesce($5, note)
  WHERE tenant_id = $1 AND suggestion_id = $2`;

/** Stores what was decided of a locked suggestion. */
export async function storeDecision(transaction: Queryable, tenant: string, id: string, { status, by, note }: { readonly status: string; readonly by: string; readonly note: string | undefined }): Promise<void> {
  await transaction.query("suggestions.decide", decideSql, [tenant, id, status, by, note ?? null]);
}
