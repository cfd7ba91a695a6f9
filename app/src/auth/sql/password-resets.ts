import type { Queryable } from "../../platform/db.ts";
import type { Role } from "../../platform/principal.ts";
import type { StoredToken } from "../opaque-token.ts";

/** Stores a reset token, and forgets older ones of the user: the newest mail is the one that counts. */
export async function insertPasswordReset(transaction: Queryable, { tenant, hash }: StoredToken, userId: string, seconds: number): Promise<void> {
  await transaction.query("password-resets.forget", "DELETE FROM password_resets WHERE user_id = $1", [userId]);
  const sql = "INSERT INTO password_resets (token_hash, tenant_id, user_id, expires_at) VALUES ($1, $2, $3, now() + make_interval(secs => $4))";
  await transaction.query("password-resets.insert", sql, [hash, tenant, userId, seconds]);
}

const usePasswordResetSql = `
  UPDATE password_resets r SET used_at = now()
  FROM users u
  WHERE r.tenant_id = $1 AND r.token_hash = $2 AND r.used_at IS NULL AND r.expires_at > now() AND u.user_id = r.user_id AND u.active
  RETURNING u.user_id AS "userId", u.email, u.role`;

/** Uses a token up; undefined when it is unknown, used, expired or its user is not active. */
export async function usePasswordReset(transaction: Queryable, { tenant, hash }: StoredToken): Promise<{ userId: string; email: string; role: Role } | undefined> {
  const [user] = await transaction.query<{ userId: string; email: string; role: Role }>("password-resets.use", usePasswordResetSql, [tenant, hash]);
  return user;
}
