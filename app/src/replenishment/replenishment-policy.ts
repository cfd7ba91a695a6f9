import { profileDemand } from "../forecasting/demand-profile.ts";
import type { DemandPeriod } from "../forecasting/demand-series.ts";
import type { Series } from "../forecasting/models/forecast.ts";
import { type DemandRate, demandRate, recentDemand } from "./demand-rate.ts";
import { economicOrderQuantity } from "./economic-order-quantity.ts";
import { type ReorderPoint, reorderPoint } from "./reorder-point.ts";
import { type SafetyStock, safetyStock } from "./safety-stock.ts";

/** What the catalogue knows of an item's replenishment; null: not known. */
export interface ItemTerms {
  readonly unitCost: number | null;
  readonly orderingCost: number | null;
  readonly holdingCostRate: number | null;
  readonly leadTimeDays: number | null;
  readonly leadTimeStdDays: number | null;
  readonly minimumOrderQuantity: number | null;
  readonly packSize: number | null;
  readonly serviceLevel: number | null;
}

/** When and how much to order of an item, and why. */
export interface ReplenishmentPolicy {
  readonly demand: DemandRate;
  readonly leadTimeDays: number;
  readonly leadTimeStdDays: number | null;
  readonly serviceLevel: number;
  readonly safetyStock: SafetyStock;
  readonly reorderPoint: ReorderPoint;
  /** Null when the item's costs are not known. */
  readonly economicOrderQuantity: number | null;
  readonly lotSize: number;
  /** What was not known of the item, in sentences. */
  readonly assumptions: readonly string[];
}

/** What stands in for what is not known of an item. */
export const DEFAULT_SERVICE_LEVEL = 0.95;
export const DEFAULT_LEAD_TIME_DAYS = 14;
/** Days of demand that one order brings when an item's costs are not known. */
export const DEFAULT_LOT_DAYS = 30;
const DAYS_PER_YEAR = 365.25;

/**
 * Computes the policy of one item at one facility. Defined for every series:
 * without demand all quantities are 0.
 */
export function replenishmentPolicy(series: Series, period: DemandPeriod, terms: ItemTerms): ReplenishmentPolicy {
  const recent = recentDemand(series, period);
  const demand = demandRate(recent, period);
  const leadTimeDays = terms.leadTimeDays ?? DEFAULT_LEAD_TIME_DAYS;
  const serviceLevel = terms.serviceLevel ?? DEFAULT_SERVICE_LEVEL;
  const input = { meanDemand: demand.mean, demandDeviation: demand.standardDeviation, leadTime: leadTimeDays, leadTimeDeviation: terms.leadTimeStdDays, serviceLevel };
  const safety = safetyStock(input);
  const optimum = economicOrderQuantity({ ...terms, annualDemand: demand.mean * DAYS_PER_YEAR });
  return {
    demand,
    leadTimeDays,
    leadTimeStdDays: terms.leadTimeStdDays,
    serviceLevel,
    safetyStock: safety,
    reorderPoint: reorderPoint(input, safety, profileDemand(recent).demandClass, period === "day" ? recent : undefined),
    economicOrderQuantity: optimum,
    lotSize: optimum ?? demand.mean * DEFAULT_LOT_DAYS,
    assumptions: [
      ...(terms.leadTimeDays === null ? [`The lead time is not known; ${DEFAULT_LEAD_TIME_DAYS} days are assumed.`] : []),
      ...(terms.serviceLevel === null ? [`No service level is set; ${DEFAULT_SERVICE_LEVEL} is assumed.`] : []),
      ...(optimum === null ? [`The costs that an order quantity is weighed by are not known; ${DEFAULT_LOT_DAYS} days of demand are ordered.`] : []),
    ],
  };
}
