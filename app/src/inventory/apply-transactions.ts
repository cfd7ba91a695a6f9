import { type Actor, recordChanges } from "../audit/record-change.ts";
import { findMaterials } from "../catalog/find-materials.ts";
import type { NumberedRow, RowError } from "../platform/csv-import.ts";
import type { Queryable } from "../platform/db.ts";
import { ConflictError } from "../platform/errors.ts";
import { insertTransactions, type RecordedTransaction } from "./sql/insert-transactions.ts";
import { transactionsByReference } from "./sql/list-transactions.ts";
import { addPlaces, lockStock, type Place, placeKey, type PlacedStock, storeStock } from "./sql/lock-stock.ts";
import { changedStock, stockChange } from "./stock-change.ts";
import type { NewTransaction, StoredTransaction } from "./transaction.ts";

/** What became of transactions; those that are neither were known. */
export interface AppliedTransactions {
  /** Those that are new, as the ledger has them, the oldest first. */
  readonly recorded: readonly StoredTransaction[];
  /** What is wrong with those that changed nothing. */
  readonly refused: readonly RowError[];
}

/**
 * Writes transactions into the ledger and the audit log and changes the stock by
 * them, in the caller's transaction: all is stored, or nothing. They act one
 * after the other; one that cannot is refused and changes nothing. A transaction
 * that is known by its reference, be it from a row before, is taken as sent again
 * when it is the same, and refused when it is another one.
 *
 * @param action what the audit log calls it
 * @param rows transactions, and the numbers that refusals name them by
 * @throws ConflictError when somebody else used one of the references at the same time
 */
export async function applyTransactions(transaction: Queryable, actor: Actor, action: "create" | "import" | "order", rows: readonly NumberedRow<NewTransaction>[]): Promise<AppliedTransactions> {
  const { tenant, subject } = actor.principal;
  const { found, unknown } = await findMaterials(transaction, tenant, rows.map(({ row, value }) => ({ row, value: { ...value, row } })));
  const refused = [...unknown];
  const places = new Map<string, Place>();
  for (const { materialId, facility, toFacility } of found) {
    for (const place of [facility, ...(toFacility === undefined ? [] : [toFacility])]) places.set(placeKey({ materialId, facility: place }), { materialId, facility: place });
  }
  // A first transaction at a facility makes the item stocked there.
  await addPlaces(transaction, tenant, [...places.values()]);
  const stock = new Map((await lockStock(transaction, tenant, [...places.values()])).map((placed) => [placeKey(placed), placed]));
  // Looked up after the lock: who sent the same at the same time has stored it by now.
  const known = new Map<string, SentTransaction>((await transactionsByReference(transaction, tenant, found.map(({ reference }) => reference))).map((stored) => [stored.reference, stored]));

  const changed = new Map<string, PlacedStock>();
  const recorded: RecordedTransaction[] = [];
  const move = (place: Place, by: Omit<PlacedStock, keyof Place>) => {
    const before = stock.get(placeKey(place)) ?? { ...place, onHand: 0, onOrder: 0, allocated: 0 };
    const after = { ...before, ...changedStock(before, by) };
    stock.set(placeKey(place), after);
    changed.set(placeKey(place), after);
  };
  for (const given of found) {
    const earlier = known.get(given.reference);
    if (earlier !== undefined) {
      if (!sameTransaction(earlier, given)) refused.push({ row: given.row, column: "reference", value: given.reference, message: `reference is ${JSON.stringify(given.reference)}: another transaction has it` });
      continue;
    }
    const here = { materialId: given.materialId, facility: given.facility };
    const change = stockChange(given.type, given.quantity, stock.get(placeKey(here)) ?? { onHand: 0, onOrder: 0, allocated: 0 });
    if ("refusal" in change) {
      refused.push({ row: given.row, column: "quantity", value: String(given.quantity), message: `quantity is ${given.quantity}: ${change.refusal} of ${given.sku} at ${given.facility}` });
      continue;
    }
    move(here, change);
    if (given.toFacility !== undefined) move({ materialId: given.materialId, facility: given.toFacility }, { onHand: given.quantity, onOrder: 0, allocated: 0 });
    known.set(given.reference, given);
    recorded.push({ ...given, onHandChange: change.onHand, onOrderChange: change.onOrder, allocatedChange: change.allocated });
  }
  await storeStock(transaction, tenant, [...changed.values()]);
  if ((await insertTransactions(transaction, tenant, subject, recorded)) < recorded.length) throw new ConflictError("Somebody else sent transactions with the same references at the same time. Nothing was stored; send them again.");
  const stored = recorded.length === 0 ? [] : await transactionsByReference(transaction, tenant, recorded.map(({ reference }) => reference));
  await recordChanges(transaction, actor, { action, entity: "transaction" }, stored.map((after) => ({ entityId: after.reference, before: null, after })));
  return { recorded: stored, refused: refused.sort((a, b) => a.row - b.row) };
}

/** What a transaction says, be it stored or sent. */
type SentTransaction = Pick<StoredTransaction | NewTransaction, "type" | "sku" | "facility" | "toFacility" | "quantity">;

function sameTransaction(one: SentTransaction, other: SentTransaction): boolean {
  return one.type === other.type && one.sku === other.sku && one.facility === other.facility && (one.toFacility ?? null) === (other.toFacility ?? null) && one.quantity === other.quantity;
}
