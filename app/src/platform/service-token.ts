import { createHash, timingSafeEqual } from "node:crypto";
import { UnauthorizedError } from "./errors.ts";
import type { Authenticate } from "./principal.ts";
import { DEFAULT_TENANT } from "./tenant.ts";

/** The token of an `Authorization: Bearer` header. */
export function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new UnauthorizedError("This route needs a token as Authorization: Bearer.");
  return token;
}

/** Knows the service token (SVC_JWT): its bearer is the machine that may do everything in the default tenant. */
export function authenticateServiceToken(token: string): Authenticate {
  const expected = digest(token);
  return (authorization) => {
    // Digests have one length, so that comparing them takes the same time for every token.
    if (!timingSafeEqual(digest(bearerToken(authorization)), expected)) throw new UnauthorizedError("The token is not valid.");
    return { subject: "service", tenant: DEFAULT_TENANT, role: "admin", kind: "service" };
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
