import { type Actor, recordChange } from "../audit/record-change.ts";
import { dayNumber, toDemandSeries } from "../forecasting/demand-series.ts";
import type { TenantDatabase } from "../platform/db.ts";
import { despiteDeadlocks } from "../platform/deadlock.ts";
import { orderQuantity } from "./order-quantity.ts";
import { type ReplenishmentPolicy, replenishmentPolicy } from "./replenishment-policy.ts";
import { readSeries, type StockedSeries } from "./sql/read-series.ts";
import { expireSuggestions, storeSuggestions, type SuggestionRow } from "./sql/store-suggestions.ts";

/** What became of all suggestions of a tenant. */
export interface GeneratedSuggestions {
  /** Items at facilities that were looked at. */
  readonly examined: number;
  /** Suggestions that wait for a decision, new and renewed ones. */
  readonly pending: number;
  /** Suggestions that are not needed any more. */
  readonly expired: number;
}

/** Items that are read and computed at once. */
const PAGE = 500;

/** Computes the policy of a series. */
export function policyOf(series: StockedSeries): ReplenishmentPolicy {
  return replenishmentPolicy(toDemandSeries(series, series.period, dayNumber(series.asOf)).values, series.period, series);
}

/**
 * Looks at the stock of every item in use and suggests what to order. Pending
 * suggestions are renewed or expire; accepted ones are left alone. All of it is
 * one transaction, and leaves one entry in the audit log.
 */
export async function generateSuggestions(database: TenantDatabase, actor: Actor): Promise<GeneratedSuggestions> {
  return despiteDeadlocks(() =>
    database.transaction(async (transaction) => {
      let examined = 0;
      let pending = 0;
      let asOf = new Date().toISOString().slice(0, 10);
      let after: readonly [string, string] = ["", ""];
      for (;;) {
        const page = await readSeries(transaction, database.tenant, after, PAGE);
        pending += await storeSuggestions(transaction, database.tenant, page.flatMap((series) => suggestionFor(series, policyOf(series))));
        examined += page.length;
        const last = page.at(-1);
        asOf = last?.asOf ?? asOf;
        if (last === undefined || page.length < PAGE) break;
        after = [last.sku, last.facility];
      }
      const expired = await expireSuggestions(transaction, database.tenant);
      const generated = { examined, pending, expired };
      await recordChange(transaction, actor, { action: "generate", entity: "replenishment-suggestions", entityId: asOf, before: null, after: generated });
      return generated;
    }),
  );
}

/** What to order of a series: one suggestion or none. */
function suggestionFor(series: StockedSeries, policy: ReplenishmentPolicy): SuggestionRow[] {
  const quantity = orderQuantity({ reorderPoint: policy.reorderPoint.quantity, lotSize: policy.lotSize, minimumOrderQuantity: series.minimumOrderQuantity, packSize: series.packSize }, series);
  if (quantity <= 0) return [];
  return [
    {
      facility_id: series.facility,
      material_id: series.materialId,
      quantity,
      quantity_on_hand: series.onHand,
      quantity_on_order: series.onOrder,
      quantity_allocated: series.allocated,
      daily_demand: policy.demand.mean,
      lead_time_days: policy.leadTimeDays,
      service_level: policy.serviceLevel,
      safety_stock: policy.safetyStock.quantity,
      safety_stock_method: policy.safetyStock.method,
      reorder_point: policy.reorderPoint.quantity,
      reorder_point_method: policy.reorderPoint.method,
      economic_order_quantity: policy.economicOrderQuantity,
      estimated_cost: series.unitCost === null ? null : quantity * series.unitCost,
      reasons: [policy.safetyStock.reason, ...policy.assumptions],
    },
  ];
}
