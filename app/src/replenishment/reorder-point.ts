import quantile from "@stdlib/stats-base-dists-normal-quantile";
import type { DemandClass } from "../forecasting/demand-profile.ts";
import type { Series } from "../forecasting/models/forecast.ts";
import type { SafetyStock, SafetyStockInput } from "./safety-stock.ts";

export const reorderPointMethods = ["mean-plus-safety-stock", "lead-time-demand-quantile"] as const;
export type ReorderPointMethod = (typeof reorderPointMethods)[number];

export interface ReorderPoint {
  readonly quantity: number;
  readonly method: ReorderPointMethod;
}

/** Lead times that stand for a lead time that varies: its nine deciles. */
const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** A quantile of fewer lead times than this would be an accident. */
const LEAST_LEAD_TIMES = 4;

/**
 * The inventory position at which to order. For items that sell often:
 *
 *     R = D·L + safety stock
 *
 * The demand of intermittent and lumpy items is far from normal; theirs is the
 * quantile of what was really asked for in windows as long as the lead time
 * (the empirical method of E. Porras and R. Dekker, "An inventory control
 * system for spare parts at a refinery", European Journal of Operational
 * Research 184, 2008). Windows overlap, so that demands in a row stay in a row.
 *
 * @param recent demand by day; undefined for items whose demand is known by month
 */
export function reorderPoint(input: SafetyStockInput, safety: SafetyStock, demandClass: DemandClass, recent: Series | undefined): ReorderPoint {
  const normal: ReorderPoint = { quantity: input.meanDemand * input.leadTime + safety.quantity, method: "mean-plus-safety-stock" };
  if (recent === undefined || (demandClass !== "lumpy" && demandClass !== "intermittent")) return normal;
  const observed = leadTimeDemands(recent, windowsOf(input));
  return observed === undefined ? normal : { quantity: quantileOf(observed, input.serviceLevel), method: "lead-time-demand-quantile" };
}

/** The lengths in whole days, rounded up because an order arrives within a day. */
function windowsOf({ leadTime, leadTimeDeviation }: SafetyStockInput): number[] {
  const lengths = leadTimeDeviation === null || leadTimeDeviation === 0 ? [leadTime] : DECILES.map((part) => quantile(part, leadTime, leadTimeDeviation));
  return lengths.map((length) => Math.max(1, Math.ceil(length)));
}

/** Sums of all windows of each length; undefined when the history is too short for the longest. */
function leadTimeDemands(recent: Series, windows: readonly number[]): Float64Array | undefined {
  if (recent.length < LEAST_LEAD_TIMES * Math.max(...windows)) return undefined;
  const sums: number[] = [];
  for (const length of windows) {
    let sum = 0;
    for (let day = 0; day < recent.length; day += 1) {
      sum += (recent[day] ?? 0) - (day >= length ? (recent[day - length] ?? 0) : 0);
      if (day >= length - 1) sums.push(sum);
    }
  }
  return Float64Array.from(sums).sort();
}

/** The smallest value that at least the share `part` of the sorted values does not exceed. */
function quantileOf(sorted: Float64Array, part: number): number {
  // What a running sum leaves behind must not become demand.
  const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
  return Math.max(0, Math.round(value * 1e9) / 1e9);
}
