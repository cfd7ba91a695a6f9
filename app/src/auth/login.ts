import type { Response } from "express";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { recordChange } from "../audit/record-change.ts";
import { TooManyRequestsError, UnauthorizedError } from "../platform/errors.ts";
import { requestIdOf } from "../platform/request-id.ts";
import type { Attempt, AttemptLimits } from "./attempt-limits.ts";
import { passwordMatches } from "./passwords.ts";
import { openSession, principalOf, type Session, type SessionContext } from "./sessions.ts";
import { findAccount, findTenantOfLogin, lockAccount } from "./sql/users.ts";

/**
 * Signs a user in.
 *
 * @throws UnauthorizedError when address and password do not belong together or
 * the user is not active: the same words and the same work for each reason
 * @throws TooManyRequestsError after too many attempts
 */
export async function login(context: SessionContext & { readonly limits: AttemptLimits; readonly metrics: Metrics }, attempt: Attempt & { readonly password: string }, response: Response): Promise<Session> {
  const { limits, metrics } = context;
  try {
    await limits.begin(attempt, response);
    const session = await tryPassword(context, attempt, requestIdOf(response));
    await limits.succeeded(attempt);
    metrics.auth_logins_total.inc({ outcome: "success" });
    return session;
  } catch (error) {
    if (error instanceof TooManyRequestsError) metrics.auth_logins_total.inc({ outcome: "throttled" });
    if (error instanceof UnauthorizedError) metrics.auth_logins_total.inc({ outcome: "refused" });
    throw error;
  }
}

async function tryPassword(context: SessionContext, { email, password }: Attempt & { readonly password: string }, requestId: string): Promise<Session> {
  const { database } = context;
  const tenant = await findTenantOfLogin(database, email);
  const account = tenant === undefined ? undefined : await findAccount(database.of(tenant), tenant, email);
  const matches = await passwordMatches(password, account?.passwordHash);
  if (tenant === undefined || account === undefined || !matches || !account.active) throw refusal();
  return database.of(tenant).transaction(async (transaction) => {
    // Whoever deactivates the user meanwhile ends the session too: here it does not exist yet, or is found there.
    const current = await lockAccount(transaction, tenant, email);
    if (current?.active !== true || current.passwordHash !== account.passwordHash) throw refusal();
    const principal = principalOf(tenant, current);
    await recordChange(transaction, { principal, requestId }, { action: "login", entity: "user", entityId: email, before: null, after: null });
    return openSession(transaction, context, { userId: current.userId, principal });
  });
}

function refusal(): UnauthorizedError {
  return new UnauthorizedError("The e-mail address or the password is wrong.");
}
