import { z } from "zod";
import { requireItem } from "../catalog/change-items.ts";
import type { TenantDatabase } from "../platform/db.ts";
import { NotFoundError } from "../platform/errors.ts";
import { text } from "../platform/fields.ts";
import { DEFAULT_FACILITY } from "../platform/tenant.ts";
import { policyOf } from "./generate-suggestions.ts";
import { inventoryPosition, orderQuantity } from "./order-quantity.ts";
import { reorderPointMethods } from "./reorder-point.ts";
import { safetyStockMethods } from "./safety-stock.ts";
import { readOneSeries } from "./sql/read-series.ts";
import { urgencies, urgencyOf } from "./sql/urgency-of.ts";

const levelMessage = "must be a number between 0 and 1";

/** What the safety stock can be asked for; serviceLevel instead of the item's own tries another one out. */
export const safetyStockQuery = z.strictObject({ sku: text(64), facility: text(64).default(DEFAULT_FACILITY), serviceLevel: z.coerce.number(levelMessage).gt(0, levelMessage).lt(1, levelMessage).optional() });

/** The safety stock of an item at a facility and what follows from it. */
export const itemReplenishment = z.object({
  sku: z.string(),
  facility: z.string(),
  asOf: z.iso.date(),
  dailyDemand: z.number(),
  dailyDemandDeviation: z.number().nullable(),
  periods: z.int(),
  leadTimeDays: z.number(),
  leadTimeStdDays: z.number().nullable(),
  serviceLevel: z.number(),
  z: z.number(),
  safetyStock: z.number(),
  safetyStockMethod: z.enum(safetyStockMethods),
  reorderPoint: z.number(),
  reorderPointMethod: z.enum(reorderPointMethods),
  economicOrderQuantity: z.number().nullable(),
  inventoryPosition: z.number(),
  suggestedQuantity: z.number(),
  urgency: z.enum(urgencies),
  reasons: z.array(z.string()),
});

/**
 * Computes the safety stock, the reorder point and the order quantity of an item
 * at a facility, as suggestions are made from them.
 *
 * @throws NotFoundError when there is no such item, or it is not stocked there
 */
export async function calculateSafetyStock(database: TenantDatabase, { sku, facility, serviceLevel }: z.infer<typeof safetyStockQuery>): Promise<z.infer<typeof itemReplenishment>> {
  const [known] = await Promise.all([readOneSeries(database, database.tenant, sku, facility), requireItem(database, sku)]);
  if (known === undefined) throw new NotFoundError(`The item ${sku} is not stocked at ${facility}.`);
  const series = serviceLevel === undefined ? known : { ...known, serviceLevel };
  const policy = policyOf(series);
  const reorderPoint = policy.reorderPoint.quantity;
  return {
    sku,
    facility,
    asOf: series.asOf,
    dailyDemand: policy.demand.mean,
    dailyDemandDeviation: policy.demand.standardDeviation,
    periods: policy.demand.periods,
    leadTimeDays: policy.leadTimeDays,
    leadTimeStdDays: policy.leadTimeStdDays,
    serviceLevel: policy.serviceLevel,
    z: policy.safetyStock.z,
    safetyStock: policy.safetyStock.quantity,
    safetyStockMethod: policy.safetyStock.method,
    reorderPoint,
    reorderPointMethod: policy.reorderPoint.method,
    economicOrderQuantity: policy.economicOrderQuantity,
    inventoryPosition: inventoryPosition(series),
    suggestedQuantity: orderQuantity({ reorderPoint, lotSize: policy.lotSize, minimumOrderQuantity: series.minimumOrderQuantity, packSize: series.packSize }, series),
    urgency: await urgencyOf(database, series, { dailyDemand: policy.demand.mean, leadTimeDays: policy.leadTimeDays, reorderPoint }),
    reasons: [policy.safetyStock.reason, ...policy.assumptions],
  };
}
