import quantile from "@stdlib/stats-base-dists-normal-quantile";

/** What a safety stock is computed from. */
export interface SafetyStockInput {
  /** Mean demand of a day. */
  readonly meanDemand: number;
  /** Standard deviation of a day's demand; null when it is not known. */
  readonly demandDeviation: number | null;
  /** Mean days from order to receipt. */
  readonly leadTime: number;
  /** Standard deviation of those days; null when it is not known. */
  readonly leadTimeDeviation: number | null;
  /** The probability that stock lasts until the next receipt, between 0 and 1. */
  readonly serviceLevel: number;
}

export const safetyStockMethods = ["basic", "demand-variability", "lead-time-variability", "kings-formula"] as const;
export type SafetyStockMethod = (typeof safetyStockMethods)[number];

export interface SafetyStock {
  readonly quantity: number;
  readonly method: SafetyStockMethod;
  /** Why this method, in one sentence. */
  readonly reason: string;
  /** The standard normal quantile of the service level. */
  readonly z: number;
}

/** Days of mean demand that the basic method keeps. */
export const BASIC_COVER_DAYS = 7;

/** The z of a service level (cycle service level): 0.95 gives 1.645. */
export function serviceFactor(serviceLevel: number): number {
  return quantile(serviceLevel, 0, 1);
}

/**
 * The stock that is kept against demand and lead times above their means, by
 * the method that the data allow:
 *
 *     basic                  7 days · D
 *     demand variability     Z · σ_D · √L
 *     lead-time variability  Z · D · σ_L
 *     King's formula         Z · √(L·σ_D² + D²·σ_L²)
 *
 * D and σ_D are mean and deviation of a day's demand, L and σ_L of the lead time
 * in days. King's formula takes both as independent; where one of them does not
 * vary it becomes the method of the other, so that no item jumps at a border.
 * Below a service level of one half Z is negative: no safety stock is kept.
 *
 * After P. L. King, "Crack the Code: Understanding Safety Stock and Mastering
 * Its Equations", APICS Magazine 2011; S. Chopra and P. Meindl, "Supply Chain
 * Management", chapter on safety inventory.
 */
export function safetyStock(input: SafetyStockInput): SafetyStock {
  const { meanDemand, leadTime, serviceLevel } = input;
  const demandDeviation = input.demandDeviation ?? 0;
  const leadTimeDeviation = input.leadTimeDeviation ?? 0;
  const z = serviceFactor(serviceLevel);
  const { method, reason } = chooseMethod(input);
  const quantity = method === "basic" ? BASIC_COVER_DAYS * meanDemand : Math.max(z, 0) * Math.hypot(Math.sqrt(leadTime) * demandDeviation, meanDemand * leadTimeDeviation);
  return { quantity, method, reason, z };
}

function chooseMethod({ demandDeviation, leadTimeDeviation }: SafetyStockInput): Pick<SafetyStock, "method" | "reason"> {
  const demandVaries = demandDeviation !== null && demandDeviation > 0;
  const leadTimeVaries = leadTimeDeviation !== null && leadTimeDeviation > 0;
  if (demandVaries && leadTimeVaries) return { method: "kings-formula", reason: "Both demand and lead time vary." };
  if (demandVaries) return { method: "demand-variability", reason: leadTimeDeviation === null ? "Demand varies; how much the lead time varies is not known." : "Demand varies, the lead time does not." };
  if (leadTimeVaries) return { method: "lead-time-variability", reason: demandDeviation === null ? "The lead time varies; the history is too short to tell how much demand does." : "The lead time varies, demand does not." };
  return { method: "basic", reason: demandDeviation === null ? "The history is too short to tell how much demand varies." : "Neither demand nor lead time is known to vary." };
}
