/** The stock of an item at a facility. */
export interface Stock {
  readonly onHand: number;
  readonly onOrder: number;
  readonly allocated: number;
}

/** When and how much to order. */
export interface OrderRule {
  readonly reorderPoint: number;
  /** What one order should bring, before the supplier's terms. */
  readonly lotSize: number;
  /** The supplier's terms; null: none. */
  readonly minimumOrderQuantity: number | null;
  readonly packSize: number | null;
}

/** Packs in a quantity differ from a whole number by less than this only through arithmetic. */
const ROUNDING = 1e-9;

/** What is on hand or on its way and not promised to anybody. */
export function inventoryPosition({ onHand, onOrder, allocated }: Stock): number {
  return onHand + onOrder - allocated;
}

/**
 * How much to order now: 0 above the reorder point, else enough to bring the
 * inventory position up to the reorder point plus one lot (an (s, S) policy),
 * raised to the supplier's minimum and to whole packs. At a reorder point of 0
 * there is no demand to wait for, and only what is promised is ordered.
 */
export function orderQuantity({ reorderPoint, lotSize, minimumOrderQuantity, packSize }: OrderRule, stock: Stock): number {
  const position = inventoryPosition(stock);
  const needed = reorderPoint > 0 ? position <= reorderPoint : position < 0;
  if (!needed) return 0;
  const wanted = Math.max(reorderPoint + lotSize - position, minimumOrderQuantity ?? 0);
  return packSize === null ? wanted : Math.ceil(wanted / packSize - ROUNDING) * packSize;
}
