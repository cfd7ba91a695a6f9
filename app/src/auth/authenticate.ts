import { createHash, timingSafeEqual } from "node:crypto";
import { decodeJwt, type JWTPayload } from "jose";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import { UnauthorizedError } from "../platform/errors.ts";
import { type Authenticate, bearerToken, type Principal } from "../platform/principal.ts";
import { DEFAULT_TENANT } from "../platform/tenant.ts";
import type { AccessClaims, AccessTokens } from "./access-token.ts";
import { OpenIdProvider } from "./openid.ts";
import { readToken, type StoredToken } from "./opaque-token.ts";
import { sessionGoesOn } from "./sql/refresh-tokens.ts";
import { findServiceToken } from "./sql/service-tokens.ts";

/** Who the bearer of SVC_JWT is, and in whose name the service does what nobody asked for. */
export const serviceItself: Principal = { subject: "service", tenant: DEFAULT_TENANT, role: "admin", kind: "service" };

/**
 * Knows every kind of token: SVC_JWT, the service tokens in the database, those
 * of the OpenID provider, and the service's own access tokens. Which kind one is
 * can be seen from it. Service tokens and the sessions of access tokens are looked
 * up each time, so that one that is revoked is refused at once.
 */
export function createAuthenticate({ config, database, accessTokens }: { readonly config: Config; readonly database: Database; readonly accessTokens: AccessTokens }): Authenticate {
  const isServiceItself = comparedWith(config.SVC_JWT);
  const provider = createProvider(config, database);
  return async (authorization) => {
    const token = bearerToken(authorization);
    if (isServiceItself(token)) return serviceItself;
    const stored = readToken("service", token);
    if (stored !== undefined) return findService(database, stored);
    if (provider?.issued(claimsOf(token)) === true) return provider.verify(token);
    return findUser(database, await accessTokens.verify(token));
  };
}

/** A session that was ended takes its access tokens along, which could act for hours yet. */
async function findUser(database: Database, { principal, familyId }: AccessClaims): Promise<Principal> {
  if (!(await sessionGoesOn(database.of(principal.tenant), familyId))) throw new UnauthorizedError("The session of this token is ended; sign in again.");
  return principal;
}

async function findService(database: Database, stored: StoredToken): Promise<Principal> {
  const found = await findServiceToken(database.of(stored.tenant), stored);
  if (found === undefined) throw new UnauthorizedError("The service token is not valid, or not any more.");
  return { subject: found.name, tenant: stored.tenant, role: found.role, kind: "service" };
}

function createProvider(config: Config, database: Database): OpenIdProvider | undefined {
  const { OIDC_ISSUER_URL, OIDC_AUDIENCE } = config;
  if (OIDC_ISSUER_URL === undefined || OIDC_AUDIENCE === undefined) return undefined;
  // Tenants are not removed, so that one that was found needs no second look.
  const known = new Set<string>();
  const tenantExists = async (tenant: string) => {
    if (known.has(tenant)) return true;
    const rows = await database.query("tenants.find", "SELECT FROM tenants WHERE tenant_id = $1", [tenant]);
    if (rows.length > 0) known.add(tenant);
    return rows.length > 0;
  };
  return new OpenIdProvider({ ...config, OIDC_ISSUER_URL, OIDC_AUDIENCE }, tenantExists);
}

/** Compares tokens with a secret one; digests have one length, so that it takes the same time for every token. */
function comparedWith(secret: string | undefined): (token: string) => boolean {
  if (secret === undefined) return () => false;
  const expected = digest(secret);
  return (token) => timingSafeEqual(digest(token), expected);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The claims of a JWT as they stand there; none for what is no JWT. */
function claimsOf(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}
