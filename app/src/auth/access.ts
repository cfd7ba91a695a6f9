import type { RequestHandler } from "express";
import type { Config } from "../platform/config.ts";
import { ConfigError } from "../platform/errors.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { type Identify, oncePerRequest } from "../platform/principal.ts";
import type { Route } from "../platform/route.ts";
import { AccessTokens } from "./access-token.ts";
import { createAuthenticate } from "./authenticate.ts";
import { prepareFirstUsers } from "./first-users.ts";
import { limitRequests } from "./limit-requests.ts";
import { authRoutes } from "./routes.ts";

/** What a process that answers the API needs to know who asks, and how often they may. */
export interface Access {
  readonly identify: Identify;
  /** Comes before the routes. */
  readonly limit: RequestHandler;
  readonly routes: readonly Route[];
  /** Makes the users of a new installation in the background, until `signal` is aborted. */
  prepare(signal: AbortSignal): Promise<void>;
}

/** @throws ConfigError when a setting that the API needs is missing, or one is not allowed */
export function checkAccessSettings(config: Config): void {
  if (config.SVC_JWT === undefined) throw new ConfigError("SVC_JWT is not set: it must be the token that machines trigger runs and import with.");
  signingSecret(config);
  if (config.NODE_ENV === "production" && config.ROLE_USERS_PASSWORD !== undefined) throw new ConfigError("ROLE_USERS_PASSWORD is set although NODE_ENV is production: the role users exist outside production only, so unset it.");
  if (config.NODE_ENV === "production" && config.OIDC_ISSUER_URL?.startsWith("http:") === true) throw new ConfigError(`OIDC_ISSUER_URL is ${JSON.stringify(config.OIDC_ISSUER_URL)}: in production it must be an https:// URL, because whoever answers there says whose tokens are valid.`);
  if ((config.OIDC_ISSUER_URL === undefined) !== (config.OIDC_AUDIENCE === undefined)) throw new ConfigError("OIDC_ISSUER_URL and OIDC_AUDIENCE go together: set both or none.");
}

function signingSecret({ JWT_SECRET }: Config): string {
  if (JWT_SECRET === undefined) throw new ConfigError("JWT_SECRET is not set: it must be a secret of at least 32 characters, which signs the tokens of users.");
  return JWT_SECRET;
}

/** @throws ConfigError as `checkAccessSettings` does */
export function createAccess(context: FeatureContext): Access {
  const { config, database, cache, metrics } = context;
  const accessTokens = new AccessTokens(signingSecret(config), config.JWT_EXPIRES_IN);
  const identify = oncePerRequest(createAuthenticate({ config, database, accessTokens }));
  return {
    identify,
    limit: limitRequests({ config, cache, metrics, identify }),
    routes: authRoutes(context, accessTokens),
    prepare: (signal) => prepareFirstUsers(context, signal),
  };
}
