import type { Queryable, TenantDatabase } from "../../platform/db.ts";
import type { Role } from "../../platform/principal.ts";
import type { StoredToken } from "../opaque-token.ts";

/** A refresh token with its user. */
export interface RefreshToken {
  readonly userId: string;
  readonly familyId: string;
  readonly expired: boolean;
  readonly rotated: boolean;
  readonly revoked: boolean;
  readonly email: string;
  readonly role: Role;
  readonly active: boolean;
}

/** Whoever changes a user takes the user's row before the tokens; in this order nobody waits in a circle, and no token is made beside a change that ends them all. */
const lockUserSql = "SELECT FROM users WHERE user_id = (SELECT user_id FROM refresh_tokens WHERE tenant_id = $1 AND token_hash = $2) FOR UPDATE";

const findSql = `
  SELECT t.user_id AS "userId", t.family_id AS "familyId", t.expires_at <= now() AS expired, t.rotated_at IS NOT NULL AS rotated, t.revoked_at IS NOT NULL AS revoked, u.email, u.role, u.active
  FROM refresh_tokens t JOIN users u USING (user_id)
  WHERE t.tenant_id = $1 AND t.token_hash = $2
  FOR UPDATE OF t`;

/** A refresh token, which nobody else uses, and whose user nobody changes, until the transaction ends. */
export async function lockRefreshToken(transaction: Queryable, { tenant, hash }: StoredToken): Promise<RefreshToken | undefined> {
  await transaction.query("refresh-tokens.lock-user", lockUserSql, [tenant, hash]);
  const [token] = await transaction.query<RefreshToken>("refresh-tokens.lock", findSql, [tenant, hash]);
  return token;
}

/** Stores a token of a family, and forgets those of the user that have expired. */
export async function insertRefreshToken(transaction: Queryable, { tenant, hash }: StoredToken, of: { readonly userId: string; readonly familyId: string; readonly seconds: number }): Promise<void> {
  await transaction.query("refresh-tokens.forget-expired", "DELETE FROM refresh_tokens WHERE user_id = $1 AND expires_at <= now()", [of.userId]);
  const sql = "INSERT INTO refresh_tokens (token_hash, tenant_id, user_id, family_id, expires_at) VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))";
  await transaction.query("refresh-tokens.insert", sql, [hash, tenant, of.userId, of.familyId, of.seconds]);
}

export async function markRotated(transaction: Queryable, { tenant, hash }: StoredToken): Promise<void> {
  await transaction.query("refresh-tokens.rotate", "UPDATE refresh_tokens SET rotated_at = now() WHERE tenant_id = $1 AND token_hash = $2", [tenant, hash]);
}

export async function revokeFamily(transaction: Queryable, tenant: string, familyId: string): Promise<void> {
  await transaction.query("refresh-tokens.revoke-family", "UPDATE refresh_tokens SET revoked_at = now() WHERE tenant_id = $1 AND family_id = $2 AND revoked_at IS NULL", [tenant, familyId]);
}

/** Whether nobody has ended a session (index idx_refresh_tokens_family). */
export async function sessionGoesOn(database: TenantDatabase, familyId: string): Promise<boolean> {
  const sql = "SELECT FROM refresh_tokens WHERE tenant_id = $1 AND family_id = $2 AND revoked_at IS NULL LIMIT 1";
  return (await database.read("refresh-tokens.session", sql, [database.tenant, familyId])).length > 0;
}

/** Ends all sessions of a user. */
export async function revokeTokensOf(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query("refresh-tokens.revoke-user", "UPDATE refresh_tokens SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL", [userId]);
}
