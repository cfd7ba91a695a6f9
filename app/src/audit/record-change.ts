import type { Queryable } from "../platform/db.ts";
import type { Principal } from "../platform/principal.ts";

/** Who changes something, and in which request. */
export interface Actor {
  readonly principal: Principal;
  /** Null for what the service does by itself. */
  readonly requestId: string | null;
}

/** One change. `before` is null for what is new, `after` for what is gone. */
export interface Change {
  /** What was done, for example create, update, delete, import, accept. */
  readonly action: string;
  /** The kind of thing, for example item. */
  readonly entity: string;
  /** What people name it by, for example its sku. */
  readonly entityId: string;
  readonly before: object | null;
  readonly after: object | null;
}

/** @param changes a FROM item with the columns "entityId", before and after */
const insertFrom = (changes: string) => `
  INSERT INTO audit_log (tenant_id, actor, actor_kind, request_id, action, entity, entity_id, before, after)
  SELECT $1, $2, $3, $4, $5, $6, changes."entityId", changes.before, changes.after
  FROM ${changes}`;

const given = insertFrom('jsonb_to_recordset($7::jsonb) AS changes ("entityId" text, before jsonb, after jsonb)');

/** Writes a change into the audit log, in the transaction that makes it. Never pass a secret in `before` or `after`. */
export async function recordChange(transaction: Queryable, actor: Actor, { action, entity, ...change }: Change): Promise<void> {
  await recordChanges(transaction, actor, { action, entity }, [change]);
}

/** Writes what was done to several things of one kind, in their order and with one statement. */
export async function recordChanges(transaction: Queryable, actor: Actor, kind: Pick<Change, "action" | "entity">, changes: readonly Pick<Change, "entityId" | "before" | "after">[]): Promise<void> {
  if (changes.length > 0) await transaction.query("audit.record", given, [...valuesOf(actor, kind), JSON.stringify(changes)]);
}

/**
 * The same for changes that the database knows, however many there are.
 *
 * @param select a SELECT without parameters, which gives "entityId", before and after in the order of the entries
 */
export async function recordSelectedChanges(transaction: Queryable, actor: Actor, kind: Pick<Change, "action" | "entity">, select: string): Promise<void> {
  await transaction.query("audit.record-selected", insertFrom(`(${select}) AS changes`), valuesOf(actor, kind));
}

function valuesOf({ principal, requestId }: Actor, { action, entity }: Pick<Change, "action" | "entity">): unknown[] {
  return [principal.tenant, principal.subject, principal.kind, requestId, action, entity];
}
