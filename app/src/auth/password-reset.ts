import { recordChange } from "../audit/record-change.ts";
import type { Database } from "../platform/db.ts";
import { InvalidRequestError } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import type { Mailer } from "../platform/mailer.ts";
import type { AttemptLimits } from "./attempt-limits.ts";
import { createToken, readToken } from "./opaque-token.ts";
import { hashPassword } from "./passwords.ts";
import { principalOf } from "./sessions.ts";
import { insertPasswordReset, usePasswordReset } from "./sql/password-resets.ts";
import { revokeTokensOf } from "./sql/refresh-tokens.ts";
import { findAccount, findTenantOfLogin, updateUser } from "./sql/users.ts";

/** Seconds that a reset token is valid. */
const VALID_SECONDS = 3_600;

/** Sends a user a token to set a new password with; does nothing for addresses that no active user has. */
export async function requestPasswordReset(context: { readonly database: Database; readonly mailer: Mailer | undefined; readonly log: Log }, email: string, requestId: string): Promise<void> {
  const { database, mailer, log } = context;
  const tenant = await findTenantOfLogin(database, email);
  if (tenant === undefined) return;
  const account = await findAccount(database.of(tenant), tenant, email);
  if (account?.active !== true) return;
  if (mailer === undefined) {
    log.warn({ requestId, tenant, user: email }, "no mail server is set, so that a password reset could not be sent");
    return;
  }
  const { token, ...stored } = createToken("reset", tenant);
  await database.of(tenant).transaction(async (transaction) => {
    await insertPasswordReset(transaction, stored, account.userId, VALID_SECONDS);
    await recordChange(transaction, { principal: principalOf(tenant, account), requestId }, { action: "request-password-reset", entity: "user", entityId: email, before: null, after: null });
  });
  await mailer.send({ to: email, ...resetMail(token) });
}

/**
 * Sets the password of the user whom the token was sent to, and ends their sessions.
 *
 * @throws InvalidRequestError when the token is not valid any more
 */
export async function confirmPasswordReset({ database, limits }: { readonly database: Database; readonly limits: AttemptLimits }, token: string, password: string, requestId: string): Promise<void> {
  const stored = readToken("reset", token);
  const email =
    stored === undefined
      ? undefined
      : await database.of(stored.tenant).transaction(async (transaction) => {
          const user = await usePasswordReset(transaction, stored);
          if (user === undefined) return undefined;
          await updateUser(transaction, user.userId, { passwordHash: await hashPassword(password) });
          await revokeTokensOf(transaction, user.userId);
          await recordChange(transaction, { principal: principalOf(stored.tenant, user), requestId }, { action: "reset-password", entity: "user", entityId: user.email, before: null, after: null });
          return user.email;
        });
  if (email === undefined) throw new InvalidRequestError("The token is not valid, or not any more; ask for a new one.");
  await limits.forgive(email);
}

/** The token has no character that HTML gives a meaning to. */
function resetMail(token: string): { subject: string; text: string; html: string } {
  const lines = ["Somebody, hopefully you, asked to set a new password for the forecast service.", "The token for it, valid for one hour and once:", token, "Send it with the new password to POST /api/auth/password-reset/confirm. If you did not ask, there is nothing to do."];
  return { subject: "Your new password for the forecast service", text: `${lines.join("\n\n")}\n`, html: lines.map((line) => `<p>${line === token ? `<code>${token}</code>` : line}</p>`).join("\n") };
}
