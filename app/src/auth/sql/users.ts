import type { Queryable } from "../../platform/db.ts";
import type { Role } from "../../platform/principal.ts";

/** A user as administrators see it. */
export interface User {
  readonly email: string;
  readonly role: Role;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A user with what it takes to sign in. */
export interface Account extends User {
  readonly userId: string;
  readonly passwordHash: string;
}

const columns = `email, role, active, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** The tenant of the user with this address, of whichever tenant that is; undefined when nobody has it. */
export async function findTenantOfLogin(database: Queryable, email: string): Promise<string | undefined> {
  const [row] = await database.query<{ tenant: string | null }>("users.tenant-of-login", "SELECT tenant_of_login($1) AS tenant", [email]);
  return row?.tenant ?? undefined;
}

const accountSql = `SELECT user_id AS "userId", password_hash AS "passwordHash", ${columns} FROM users WHERE tenant_id = $1 AND email = $2`;

export async function findAccount(database: Queryable, tenant: string, email: string): Promise<Account | undefined> {
  const [account] = await database.query<Account>("users.find", accountSql, [tenant, email]);
  return account;
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockAccount(transaction: Queryable, tenant: string, email: string): Promise<Account | undefined> {
  const [account] = await transaction.query<Account>("users.lock", `${accountSql} FOR UPDATE`, [tenant, email]);
  return account;
}

/** One page in the order of addresses, after the address `after`. */
export async function listUsers(database: Queryable, tenant: string, after: string, limit: number): Promise<User[]> {
  return database.query<User>("users.list", `SELECT ${columns} FROM users WHERE tenant_id = $1 AND email > $2 ORDER BY email LIMIT $3`, [tenant, after, limit]);
}

/** Undefined when the address is taken, in this tenant or another one. */
export async function insertUser(transaction: Queryable, tenant: string, user: { readonly email: string; readonly passwordHash: string; readonly role: Role }): Promise<User | undefined> {
  const sql = `INSERT INTO users (tenant_id, email, password_hash, role) VALUES ($1, $2, $3, $4) ON CONFLICT (email) DO NOTHING RETURNING ${columns}`;
  const [created] = await transaction.query<User>("users.insert", sql, [tenant, user.email, user.passwordHash, user.role]);
  return created;
}

/** Sets what is given and leaves the rest. */
export async function updateUser(transaction: Queryable, userId: string, change: { readonly role?: Role | undefined; readonly active?: boolean | undefined; readonly passwordHash?: string | undefined }): Promise<User | undefined> {
  const sql = `
    UPDATE users
    SET role = coalesce($2, role), active = coalesce($3, active), password_hash = coalesce($4, password_hash), updated_at = now()
    WHERE user_id = $1
    RETURNING ${columns}`;
  const [updated] = await transaction.query<User>("users.update", sql, [userId, change.role ?? null, change.active ?? null, change.passwordHash ?? null]);
  return updated;
}

export async function deleteUser(transaction: Queryable, userId: string): Promise<void> {
  await transaction.query("users.delete", "DELETE FROM users WHERE user_id = $1", [userId]);
}

/** The addresses of the active administrators, who stay what they are until the transaction ends. */
export async function lockAdministrators(transaction: Queryable, tenant: string): Promise<string[]> {
  const rows = await transaction.query<{ email: string }>("users.lock-administrators", "SELECT email FROM users WHERE tenant_id = $1 AND role = 'admin' AND active ORDER BY email FOR UPDATE", [tenant]);
  return rows.map(({ email }) => email);
}

/** Whether a tenant has any user; whoever else asks this way waits until the transaction ends. */
export async function hasUsers(transaction: Queryable, tenant: string): Promise<boolean> {
  await transaction.query("users.lock-first", "SELECT pg_advisory_xact_lock(hashtext('first-users:' || $1))", [tenant]);
  const [row] = await transaction.query<{ found: boolean }>("users.any", "SELECT EXISTS (SELECT FROM users WHERE tenant_id = $1) AS found", [tenant]);
  return row?.found ?? false;
}
