/** What an order quantity is weighed by. Null: not known. */
export interface OrderCosts {
  /** Units per year. */
  readonly annualDemand: number;
  /** Cost of placing one order. */
  readonly orderingCost: number | null;
  readonly unitCost: number | null;
  /** Cost of holding a unit for a year, as a fraction of its unit cost. */
  readonly holdingCostRate: number | null;
}

/**
 * The quantity at which ordering and holding cost least together:
 *
 *     EOQ = √(2·D·S / H),  H = holding rate · unit cost
 *
 * F. W. Harris, "How Many Parts to Make at Once", Factory 10 (2), 1913. Null
 * when a cost is not known, or holding costs nothing and there is no optimum.
 */
export function economicOrderQuantity({ annualDemand, orderingCost, unitCost, holdingCostRate }: OrderCosts): number | null {
  if (orderingCost === null || unitCost === null || holdingCostRate === null) return null;
  const holdingCost = holdingCostRate * unitCost;
  return holdingCost === 0 ? null : Math.sqrt((2 * annualDemand * orderingCost) / holdingCost);
}
