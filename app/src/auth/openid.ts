import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import type { Config } from "../platform/config.ts";
import { ForbiddenError, UnauthorizedError, UnavailableError } from "../platform/errors.ts";
import { type Principal, type Role, roles } from "../platform/principal.ts";
import { DEFAULT_TENANT } from "../platform/tenant.ts";

type OpenIdConfig = Pick<Config, "OIDC_ROLE_CLAIM" | "OIDC_TENANT_CLAIM"> & { readonly OIDC_ISSUER_URL: string; readonly OIDC_AUDIENCE: string };

/** What a provider signs with; never a shared secret. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const TIMEOUT_MS = 5_000;
const CLOCK_TOLERANCE_SECONDS = 30;

const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Checks access tokens of an OpenID provider: its keys are found by OpenID
 * Connect Discovery 1.0 and fetched again when a token names an unknown one.
 */
export class OpenIdProvider {
  readonly #config: OpenIdConfig;
  readonly #tenantExists: (tenant: string) => Promise<boolean>;
  #keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(config: OpenIdConfig, tenantExists: (tenant: string) => Promise<boolean>) {
    this.#config = config;
    this.#tenantExists = tenantExists;
  }

  /** Whether the provider has issued a token with these claims; they are not checked yet. */
  issued(claims: JWTPayload): boolean {
    return claims.iss === this.#config.OIDC_ISSUER_URL;
  }

  /**
   * @throws UnauthorizedError when the token is not valid, ForbiddenError when it
   * names no role or no tenant of the service, UnavailableError when the provider
   * does not answer
   */
  async verify(token: string): Promise<Principal> {
    const claims = await this.#claimsOf(token);
    const role = highestRole(claimOf(claims, this.#config.OIDC_ROLE_CLAIM));
    if (role === undefined) throw new ForbiddenError(`The token's claim ${this.#config.OIDC_ROLE_CLAIM} must name one of the roles ${roles.join(", ")}.`);
    const tenant = this.#config.OIDC_TENANT_CLAIM === undefined ? DEFAULT_TENANT : claimOf(claims, this.#config.OIDC_TENANT_CLAIM);
    if (typeof tenant !== "string" || !(await this.#tenantExists(tenant))) throw new ForbiddenError(`The token's claim ${String(this.#config.OIDC_TENANT_CLAIM)} must name a tenant of the service.`);
    return { subject: subjectOf(claims), tenant, role, kind: "user" };
  }

  async #claimsOf(token: string): Promise<JWTPayload> {
    const keys = await this.#findKeys();
    try {
      const { payload } = await jwtVerify(token, keys, { algorithms: ALGORITHMS, issuer: this.#config.OIDC_ISSUER_URL, audience: this.#config.OIDC_AUDIENCE, requiredClaims: ["exp", "sub"], clockTolerance: CLOCK_TOLERANCE_SECONDS });
      return payload;
    } catch (error) {
      if (saysNothingOfTheToken(error)) throw new UnavailableError("The OpenID provider does not give its keys.", error);
      throw new UnauthorizedError("The token is not valid, or not any more.");
    }
  }

  /** The provider's keys; a search that failed is made again for the next token. */
  #findKeys(): Promise<JWTVerifyGetKey> {
    this.#keys ??= discover(this.#config.OIDC_ISSUER_URL).catch((error: unknown) => {
      this.#keys = undefined;
      throw new UnavailableError("The OpenID provider does not describe itself under its issuer URL.", error);
    });
    return this.#keys;
  }
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const found = metadata.parse(await response.json());
  if (found.issuer !== issuer) throw new Error(`it calls itself ${found.issuer}`);
  return createRemoteJWKSet(new URL(found.jwks_uri), { timeoutDuration: TIMEOUT_MS });
}

/** The keys could not be fetched: anything but an error about the token, or about which key it is signed with. */
function saysNothingOfTheToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === "ERR_JOSE_GENERIC";
}

/** A claim by its whole name, which may have dots (https://example.com/role), or by a path (realm_access.roles). */
export function claimOf(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split(".").reduce<unknown>((value, part) => (typeof value === "object" && value !== null && Object.hasOwn(value, part) ? (value as Record<string, unknown>)[part] : undefined), claims);
}

/** The highest role that a claim (a text or a list) names. */
export function highestRole(claim: unknown): Role | undefined {
  const named: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return roles.findLast((role) => named.includes(role));
}

/** An address that the provider has checked, else the provider's own name of the user. */
function subjectOf({ sub, email, email_verified: verified }: JWTPayload): string {
  return typeof email === "string" && verified === true ? email.toLowerCase() : String(sub);
}
