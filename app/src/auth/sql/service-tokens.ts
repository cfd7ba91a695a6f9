import type { Queryable } from "../../platform/db.ts";
import type { Role } from "../../platform/principal.ts";
import type { StoredToken } from "../opaque-token.ts";

/** A token of a machine, without the token. */
export interface ServiceToken {
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
}

const columns = `name, role, created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt"`;

/** Whose token it is; undefined when it is unknown, expired or revoked. */
export async function findServiceToken(database: Queryable, { tenant, hash }: StoredToken): Promise<{ name: string; role: Role } | undefined> {
  const sql = "SELECT name, role FROM service_tokens WHERE tenant_id = $1 AND token_hash = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())";
  const [token] = await database.query<{ name: string; role: Role }>("service-tokens.find", sql, [tenant, hash]);
  return token;
}

/** Those that are not revoked, in the order of their names, after the name `after`. */
export async function listServiceTokens(database: Queryable, tenant: string, after: string, limit: number): Promise<ServiceToken[]> {
  const sql = `SELECT ${columns} FROM service_tokens WHERE tenant_id = $1 AND revoked_at IS NULL AND name > $2 ORDER BY name LIMIT $3`;
  return database.query<ServiceToken>("service-tokens.list", sql, [tenant, after, limit]);
}

/** Undefined when the name is taken. */
export async function insertServiceToken(
  transaction: Queryable,
  { tenant, hash }: StoredToken,
  token: { readonly name: string; readonly role: Role; readonly createdBy: string; readonly days: number | undefined },
): Promise<ServiceToken | undefined> {
  const sql = `
    INSERT INTO service_tokens (tenant_id, name, token_hash, role, created_by, expires_at)
    VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $6))
    ON CONFLICT (tenant_id, name) WHERE revoked_at IS NULL DO NOTHING
    RETURNING ${columns}`;
  const [created] = await transaction.query<ServiceToken>("service-tokens.insert", sql, [tenant, token.name, hash, token.role, token.createdBy, token.days ?? null]);
  return created;
}

/** Undefined when there is none of this name. */
export async function revokeServiceToken(transaction: Queryable, tenant: string, name: string): Promise<ServiceToken | undefined> {
  const sql = `UPDATE service_tokens SET revoked_at = now() WHERE tenant_id = $1 AND name = $2 AND revoked_at IS NULL RETURNING ${columns}`;
  const [revoked] = await transaction.query<ServiceToken>("service-tokens.revoke", sql, [tenant, name]);
  return revoked;
}
