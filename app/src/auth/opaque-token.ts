import { createHash, randomBytes } from "node:crypto";

/** What a token is for; it begins with this, so that people and scanners for leaked secrets know it. */
export type TokenKind = "refresh" | "service" | "reset";

const prefixes: Readonly<Record<TokenKind, string>> = { refresh: "fcr", service: "fcs", reset: "fcp" };
const SECRET_BYTES = 32;
const shape = /^(fcr|fcs|fcp)_([a-z0-9][a-z0-9-]{0,62})_([\w-]{43})$/;

/** A token as it is looked up: in the rows of its tenant, by its hash. */
export interface StoredToken {
  readonly tenant: string;
  /** SHA-256 of the whole token. It is random enough that a fast hash suffices. */
  readonly hash: Buffer;
}

/**
 * Makes a token: 256 random bits behind its kind and its tenant. The tenant says
 * whose rows to look in, so that no query ever looks into those of all; a token
 * with another tenant written into it has another hash, which nobody stored.
 */
export function createToken(kind: TokenKind, tenant: string): StoredToken & { readonly token: string } {
  const token = `${prefixes[kind]}_${tenant}_${randomBytes(SECRET_BYTES).toString("base64url")}`;
  return { token, tenant, hash: hashOf(token) };
}

/** Where to look a token up; undefined for texts that are no token of this kind. */
export function readToken(kind: TokenKind, token: string): StoredToken | undefined {
  const [, prefix, tenant] = shape.exec(token) ?? [];
  return prefix === prefixes[kind] && tenant !== undefined ? { tenant, hash: hashOf(token) } : undefined;
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
