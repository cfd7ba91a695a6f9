import { recordChange } from "../audit/record-change.ts";
import type { Config } from "../platform/config.ts";
import type { Database, Queryable, TenantDatabase } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { pause } from "../platform/pause.ts";
import type { Role } from "../platform/principal.ts";
import { DEFAULT_TENANT } from "../platform/tenant.ts";
import { serviceItself } from "./authenticate.ts";
import { hashPassword } from "./passwords.ts";
import { revokeTokensOf } from "./sql/refresh-tokens.ts";
import { findAccount, hasUsers, insertUser, lockAccount, updateUser } from "./sql/users.ts";

interface FirstUsersContext {
  readonly config: Config;
  readonly database: Database;
  readonly log: Log;
}

/** A user of each role, for trying things out; never in production. */
export const roleUsers: readonly { readonly email: string; readonly role: Role }[] = [
  { email: "admin@local", role: "admin" },
  { email: "staff@local", role: "staff" },
  { email: "viewer@local", role: "viewer" },
];

const RETRY_MS = 1_000;
const actor = { principal: serviceItself, requestId: null };

/** Makes the users that a new installation needs; tries again until the database answers or `signal` is aborted. */
export async function prepareFirstUsers(context: FirstUsersContext, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await makeFirstUsers(context);
      return;
    } catch (error) {
      if (attempt % 15 === 1) context.log.warn({ err: error, attempt }, "the first users cannot be looked for yet");
      await pause(RETRY_MS, signal);
    }
  }
}

async function makeFirstUsers({ config, database, log }: FirstUsersContext): Promise<void> {
  const rows = database.of(DEFAULT_TENANT);
  if (config.FIRST_ADMIN_PASSWORD !== undefined && (await makeFirstAdministrator(rows, config.FIRST_ADMIN_EMAIL, config.FIRST_ADMIN_PASSWORD))) log.info({ user: config.FIRST_ADMIN_EMAIL }, "the first administrator is made");
  for (const user of roleUsers) {
    if (config.NODE_ENV === "production") {
      if (await deactivate(rows, user.email)) log.warn({ user: user.email }, "a role user was found in production and is deactivated");
    } else if (config.ROLE_USERS_PASSWORD !== undefined) await makeUser(rows, { ...user, password: config.ROLE_USERS_PASSWORD });
  }
}

/** Tells whether there was no user before; of several processes that start at once, one makes it. */
async function makeFirstAdministrator(rows: TenantDatabase, email: string, password: string): Promise<boolean> {
  return rows.transaction(async (transaction) => {
    if (await hasUsers(transaction, rows.tenant)) return false;
    return insertRecorded(transaction, rows.tenant, { email, role: "admin", passwordHash: await hashPassword(password) });
  });
}

async function makeUser(rows: TenantDatabase, { email, role, password }: { readonly email: string; readonly role: Role; readonly password: string }): Promise<void> {
  if ((await findAccount(rows, rows.tenant, email)) !== undefined) return;
  const passwordHash = await hashPassword(password);
  await rows.transaction((transaction) => insertRecorded(transaction, rows.tenant, { email, role, passwordHash }));
}

/** Tells whether the user is new. */
async function insertRecorded(transaction: Queryable, tenant: string, user: { readonly email: string; readonly role: Role; readonly passwordHash: string }): Promise<boolean> {
  const created = await insertUser(transaction, tenant, user);
  if (created === undefined) return false;
  const { email, role, active } = created;
  await recordChange(transaction, actor, { action: "create", entity: "user", entityId: email, before: null, after: { email, role, active } });
  return true;
}

/** Data that was copied from elsewhere may bring the role users along, with passwords that many know. */
async function deactivate(rows: TenantDatabase, email: string): Promise<boolean> {
  return rows.transaction(async (transaction) => {
    const account = await lockAccount(transaction, rows.tenant, email);
    if (account?.active !== true) return false;
    await updateUser(transaction, account.userId, { active: false });
    await revokeTokensOf(transaction, account.userId);
    await recordChange(transaction, actor, { action: "update", entity: "user", entityId: email, before: { active: true }, after: { active: false } });
    return true;
  });
}
