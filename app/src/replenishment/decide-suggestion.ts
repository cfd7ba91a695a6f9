import { type Actor, recordChange } from "../audit/record-change.ts";
import { applyTransactions } from "../inventory/apply-transactions.ts";
import type { TenantDatabase } from "../platform/db.ts";
import { ConflictError, NotFoundError } from "../platform/errors.ts";
import { findSuggestion, lockSuggestion, storeDecision } from "./sql/list-suggestions.ts";
import { describeSuggestion, type StoredSuggestion, type suggestionStatuses } from "./suggestion.ts";

type Status = (typeof suggestionStatuses)[number];

/**
 * What can be decided of a suggestion, and in which states:
 *
 *     pending ──accept──► accepted ──order──► ordered
 *        └────reject────► rejected ◄─reject──┘ (from accepted)
 *
 * A pending one that is not needed any more expires by itself.
 */
export const decisions = {
  accept: { from: ["pending"], to: "accepted" },
  reject: { from: ["pending", "accepted"], to: "rejected" },
  order: { from: ["accepted"], to: "ordered" },
} as const satisfies Record<string, { readonly from: readonly Status[]; readonly to: Status }>;

export type Decision = keyof typeof decisions;

/**
 * Takes a decision and writes it into the audit log; an order is also written
 * into the ledger, and stock on order grows by it. All of it is one transaction.
 *
 * @throws NotFoundError when there is no such suggestion
 * @throws ConflictError when its state does not allow the decision
 */
export async function decideSuggestion(database: TenantDatabase, actor: Actor, id: string, decision: Decision, note: string | undefined): Promise<ReturnType<typeof describeSuggestion>> {
  const { from, to } = decisions[decision];
  return database.transaction(async (transaction) => {
    const before = await lockSuggestion(transaction, database.tenant, id);
    if (before === undefined) throw new NotFoundError(`There is no replenishment suggestion ${id}.`);
    if (!(from as readonly Status[]).includes(before.status)) throw new ConflictError(`The suggestion is ${before.status}; only one that is ${from.join(" or ")} can be ${to}.`);
    if (decision === "order") {
      const order = { reference: `replenishment-${id}`, type: "order" as const, sku: before.sku, facility: before.facility, quantity: before.quantity, note };
      const { refused: [refused] } = await applyTransactions(transaction, actor, "order", [{ row: 1, value: order }]);
      if (refused !== undefined) throw new ConflictError(`The order is refused: ${refused.message}.`);
    }
    await storeDecision(transaction, database.tenant, id, { status: to, by: actor.principal.subject, note });
    const after = describeSuggestion((await findSuggestion(transaction, database.tenant, id)) as StoredSuggestion);
    await recordChange(transaction, actor, { action: decision, entity: "replenishment-suggestion", entityId: id, before: describeSuggestion(before), after });
    return after;
  });
}
