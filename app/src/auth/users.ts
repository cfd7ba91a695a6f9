import { type Actor, recordChange } from "../audit/record-change.ts";
import type { Queryable, TenantDatabase } from "../platform/db.ts";
import { ConflictError, NotFoundError } from "../platform/errors.ts";
import type { Role } from "../platform/principal.ts";
import { hashPassword } from "./passwords.ts";
import { revokeTokensOf } from "./sql/refresh-tokens.ts";
import { type Account, deleteUser, insertUser, lockAccount, lockAdministrators, updateUser, type User } from "./sql/users.ts";

/**
 * Makes a user of the tenant.
 *
 * @throws ConflictError when the address is taken, possibly in another tenant
 */
export async function addUser(database: TenantDatabase, actor: Actor, user: { readonly email: string; readonly password: string; readonly role: Role }): Promise<User> {
  const passwordHash = await hashPassword(user.password);
  return database.transaction(async (transaction) => {
    const created = await insertUser(transaction, database.tenant, { email: user.email, role: user.role, passwordHash });
    if (created === undefined) throw new ConflictError(`There is a user ${user.email} already.`);
    await recordChange(transaction, actor, { action: "create", entity: "user", entityId: user.email, before: null, after: visible(created) });
    return created;
  });
}

/**
 * Changes a user. A new role, a new password or a deactivation ends the user's
 * sessions with all their tokens.
 *
 * @throws NotFoundError when there is no such user, ConflictError when no active administrator would be left
 */
export async function changeUser(database: TenantDatabase, actor: Actor, email: string, change: { readonly role?: Role | undefined; readonly active?: boolean | undefined; readonly password?: string | undefined }): Promise<User> {
  const passwordHash = change.password === undefined ? undefined : await hashPassword(change.password);
  return database.transaction(async (transaction) => {
    const before = await requireAccount(transaction, database.tenant, email, change.active === false || (change.role !== undefined && change.role !== "admin"));
    const after = await updateUser(transaction, before.userId, { role: change.role, active: change.active, passwordHash });
    if (after === undefined) throw new NotFoundError(`There is no user ${email}.`);
    if (passwordHash !== undefined || !after.active || after.role !== before.role) await revokeTokensOf(transaction, before.userId);
    await recordChange(transaction, actor, { action: "update", entity: "user", entityId: email, before: visible(before), after: { ...visible(after), ...(passwordHash === undefined ? {} : { passwordChanged: true }) } });
    return after;
  });
}

/**
 * Removes a user with all sessions.
 *
 * @throws NotFoundError when there is no such user, ConflictError when no active administrator would be left
 */
export async function removeUser(database: TenantDatabase, actor: Actor, email: string): Promise<void> {
  await database.transaction(async (transaction) => {
    const before = await requireAccount(transaction, database.tenant, email, true);
    await deleteUser(transaction, before.userId);
    await recordChange(transaction, actor, { action: "delete", entity: "user", entityId: email, before: visible(before), after: null });
  });
}

/** @param endsAdministrator whether the user, if an administrator, will be none */
async function requireAccount(transaction: Queryable, tenant: string, email: string, endsAdministrator: boolean): Promise<Account> {
  // Before the account itself, so that two changes at once take their locks in one order.
  const administrators = endsAdministrator ? await lockAdministrators(transaction, tenant) : undefined;
  const account = await lockAccount(transaction, tenant, email);
  if (account === undefined) throw new NotFoundError(`There is no user ${email}.`);
  if (administrators?.length === 1 && administrators[0] === email) throw new ConflictError(`${email} is the only active administrator; make another one first.`);
  return account;
}

/** What the audit log and administrators see of a user. */
function visible({ email, role, active }: User): object {
  return { email, role, active };
}
