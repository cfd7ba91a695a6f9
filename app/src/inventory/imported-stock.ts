import { type Actor, recordChanges } from "../audit/record-change.ts";
import type { Queryable } from "../platform/db.ts";
import type { Stock } from "../replenishment/order-quantity.ts";

/** What an import made of the stock of an item at a facility; `before` is null where it was not stocked yet. */
export interface ImportedStock {
  readonly sku: string;
  readonly facility: string;
  readonly before: Stock | null;
  readonly after: Stock;
}

/** Writes into the audit log what an import made of the stock: entity `stock`, named `SKU@FACILITY`. */
export async function recordImportedStock(transaction: Queryable, actor: Actor, imported: readonly ImportedStock[]): Promise<void> {
  await recordChanges(transaction, actor, { action: "import", entity: "stock" }, imported.map(({ sku, facility, before, after }) => ({ entityId: `${sku}@${facility}`, before: before && described(sku, facility, before), after: described(sku, facility, after) })));
}

/** Whether nothing would change. */
export function sameStock(one: Stock, other: Stock): boolean {
  return one.onHand === other.onHand && one.onOrder === other.onOrder && one.allocated === other.allocated;
}

/** Stock with the names that its list gives it. */
function described(sku: string, facility: string, { onHand, onOrder, allocated }: Stock): object {
  return { sku, facility, quantityOnHand: onHand, quantityOnOrder: onOrder, quantityAllocated: allocated };
}
