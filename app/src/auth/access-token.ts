import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { UnauthorizedError } from "../platform/errors.ts";
import { type Principal, roles } from "../platform/principal.ts";

/** Who issues the tokens of users, and whom they are for: the service itself. */
export const ISSUER = "forecast-service";
const AUDIENCE = "forecast-service";

const claims = z.object({ sub: z.string().min(1), tenant: z.string().min(1), role: z.enum(roles), sid: z.uuid() });

/** What an access token says. */
export interface AccessClaims {
  readonly principal: Principal;
  /** The session that it belongs to: the family of its refresh tokens. */
  readonly familyId: string;
}

/** Signs and checks the access tokens of users: JWTs with HS256 and the claims sub, tenant, role, sid, iss, aud, iat and exp. */
export class AccessTokens {
  readonly #key: Uint8Array;
  readonly #seconds: number;

  /**
   * @param secret at least 32 characters
   * @param seconds how long a token is valid
   */
  constructor(secret: string, seconds: number) {
    this.#key = new TextEncoder().encode(secret);
    this.#seconds = seconds;
  }

  /** Seconds that a token is valid. */
  get expiresIn(): number {
    return this.#seconds;
  }

  async sign({ principal: { subject, tenant, role }, familyId }: AccessClaims): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ tenant, role, sid: familyId })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setSubject(subject)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + this.#seconds)
      .sign(this.#key);
  }

  /**
   * What a token says; whether its session goes on, the database knows.
   *
   * @throws UnauthorizedError when it is not one of ours, changed or expired
   */
  async verify(token: string): Promise<AccessClaims> {
    const verified = await jwtVerify(token, this.#key, { algorithms: ["HS256"], issuer: ISSUER, audience: AUDIENCE, requiredClaims: ["exp"] }).catch(() => undefined);
    const parsed = claims.safeParse(verified?.payload);
    if (!parsed.success) throw new UnauthorizedError("The token is not valid, or not any more.");
    const { sub, tenant, role, sid } = parsed.data;
    return { principal: { subject: sub, tenant, role, kind: "user" }, familyId: sid };
  }
}
