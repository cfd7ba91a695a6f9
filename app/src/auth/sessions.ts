import { randomUUID } from "node:crypto";
import { recordChange } from "../audit/record-change.ts";
import type { Database, Queryable } from "../platform/db.ts";
import { UnauthorizedError } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import type { Principal, Role } from "../platform/principal.ts";
import type { AccessTokens } from "./access-token.ts";
import { createToken, readToken, type StoredToken } from "./opaque-token.ts";
import { insertRefreshToken, lockRefreshToken, markRotated, type RefreshToken, revokeFamily } from "./sql/refresh-tokens.ts";

/** What a sign-in or a refresh gives. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Seconds that the access token is valid. */
  readonly expiresIn: number;
  readonly role: Role;
}

export interface SessionContext {
  readonly database: Database;
  readonly accessTokens: AccessTokens;
  /** Seconds that a refresh token is valid. */
  readonly refreshSeconds: number;
  readonly log: Log;
}

/** The user as a principal. */
export function principalOf(tenant: string, { email, role }: { readonly email: string; readonly role: Role }): Principal {
  return { subject: email, tenant, role, kind: "user" };
}

/** Gives a user the tokens of a new session, or the next ones of the session `familyId`. */
export async function openSession(transaction: Queryable, context: SessionContext, user: { readonly userId: string; readonly principal: Principal; readonly familyId?: string }): Promise<Session> {
  const { principal, userId, familyId = randomUUID() } = user;
  const { token, ...stored } = createToken("refresh", principal.tenant);
  await insertRefreshToken(transaction, stored, { userId, familyId, seconds: context.refreshSeconds });
  return { accessToken: await context.accessTokens.sign({ principal, familyId }), refreshToken: token, expiresIn: context.accessTokens.expiresIn, role: principal.role };
}

/**
 * Replaces a refresh token by the next one of its session. A token that was
 * replaced before is in two hands, of which one is a thief's: its whole session
 * ends (RFC 9700, section 4.14.2).
 *
 * @throws UnauthorizedError when the token is not valid any more, or its user is not active
 */
export async function refreshSession(context: SessionContext, refreshToken: string, requestId: string): Promise<Session> {
  const stored = readToken("refresh", refreshToken);
  const session = stored === undefined ? undefined : await context.database.of(stored.tenant).transaction((transaction) => rotate(transaction, context, stored, requestId));
  if (session === undefined) throw new UnauthorizedError("The refresh token is not valid, or not any more; sign in again.");
  return session;
}

async function rotate(transaction: Queryable, context: SessionContext, stored: StoredToken, requestId: string): Promise<Session | undefined> {
  const token = await lockRefreshToken(transaction, stored);
  if (token === undefined || token.expired || token.revoked || !token.active) return undefined;
  const principal = principalOf(stored.tenant, token);
  if (token.rotated) {
    await endSession(transaction, { principal, requestId }, token, "revoke-reused");
    context.log.warn({ requestId, tenant: principal.tenant, user: principal.subject }, "a refresh token was used twice; its session is ended");
    return undefined;
  }
  await markRotated(transaction, stored);
  return openSession(transaction, context, { userId: token.userId, principal, familyId: token.familyId });
}

/** Ends the session of a refresh token; one that is not valid has nothing to end. */
export async function closeSession({ database }: Pick<SessionContext, "database">, refreshToken: string, requestId: string): Promise<void> {
  const stored = readToken("refresh", refreshToken);
  if (stored === undefined) return;
  await database.of(stored.tenant).transaction(async (transaction) => {
    const token = await lockRefreshToken(transaction, stored);
    if (token === undefined || token.revoked) return;
    await endSession(transaction, { principal: principalOf(stored.tenant, token), requestId }, token, "logout");
  });
}

async function endSession(transaction: Queryable, actor: { readonly principal: Principal; readonly requestId: string }, { familyId, email }: RefreshToken, action: "logout" | "revoke-reused"): Promise<void> {
  await revokeFamily(transaction, actor.principal.tenant, familyId);
  await recordChange(transaction, actor, { action, entity: "user", entityId: email, before: null, after: null });
}
