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

const sql = `
  INSERT INTO audit_log (tenant_id, actor, actor_kind, action, entity, entity_id, before, after, request_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

/** Writes a change into the audit log, in the transaction that makes it. Never pass a secret in `before` or `after`. */
export async function recordChange(transaction: Queryable, { principal, requestId }: Actor, { action, entity, entityId, before, after }: Change): Promise<void> {
  await transaction.query("audit.record", sql, [principal.tenant, principal.subject, principal.kind, action, entity, entityId, json(before), json(after), requestId]);
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
