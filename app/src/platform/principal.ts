import type { Request } from "express";
import { UnauthorizedError } from "./errors.ts";

/** What a principal may do, in rising order; each role may do what those before it may. */
export const roles = ["viewer", "staff", "admin"] as const;
export type Role = (typeof roles)[number];

/** Who asks: a user or a machine of one tenant. */
export interface Principal {
  /** Names it in the audit log: a user's e-mail address, or the name of a service token. */
  readonly subject: string;
  readonly tenant: string;
  readonly role: Role;
  readonly kind: "user" | "service";
}

/**
 * Tells who sends a request.
 *
 * @param authorization the request's Authorization header
 * @throws UnauthorizedError when there is none, or it is not valid
 */
export type Authenticate = (authorization: string | undefined) => Principal | Promise<Principal>;

/** Tells who sends a request, once per request however often it is asked. */
export type Identify = (request: Request) => Promise<Principal>;

export function oncePerRequest(authenticate: Authenticate): Identify {
  const known = new WeakMap<Request, Promise<Principal>>();
  return (request) => {
    const principal = known.get(request) ?? (async () => authenticate(request.get("authorization")))();
    known.set(request, principal);
    return principal;
  };
}

/** The token of an `Authorization: Bearer` header. */
export function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new UnauthorizedError("This route needs a token as Authorization: Bearer.");
  return token;
}

/** Whether `role` includes what `needed` may do. */
export function mayActAs(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
