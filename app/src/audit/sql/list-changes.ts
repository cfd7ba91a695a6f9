import type { TenantDatabase } from "../../platform/db.ts";

/** An entry of the audit log. */
export interface RecordedChange {
  /** A bigint, as text. */
  readonly id: string;
  readonly changedAt: Date;
  readonly actor: string;
  readonly actorKind: "user" | "service";
  readonly action: string;
  readonly entity: string;
  readonly entityId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly requestId: string | null;
}

const sql = `
  SELECT audit_id::text AS id, changed_at AS "changedAt", actor, actor_kind AS "actorKind", action, entity, entity_id AS "entityId", before, after, request_id AS "requestId"
  FROM audit_log
  WHERE tenant_id = $1
    AND ($2::text IS NULL OR entity = $2)
    AND ($3::text IS NULL OR entity_id = $3)
    AND ($4::text IS NULL OR actor = $4)
    AND ($5::bigint IS NULL OR audit_id < $5)
  ORDER BY audit_id DESC
  LIMIT $6`;

/** Changes of the tenant, the newest first, from the one before the entry `before` on. */
export async function listChanges(database: TenantDatabase, filter: { readonly entity?: string | undefined; readonly entityId?: string | undefined; readonly actor?: string | undefined; readonly before?: string | undefined }, limit: number): Promise<RecordedChange[]> {
  return database.read<RecordedChange>("audit.list", sql, [database.tenant, filter.entity ?? null, filter.entityId ?? null, filter.actor ?? null, filter.before ?? null, limit]);
}
