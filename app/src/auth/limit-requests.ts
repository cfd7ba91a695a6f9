import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { type Request, type RequestHandler, Router } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import type { Cache } from "../platform/cache.ts";
import type { Config } from "../platform/config.ts";
import { TooManyRequestsError } from "../platform/errors.ts";
import type { Identify, Principal } from "../platform/principal.ts";
import { SharedCounter } from "../platform/shared-counter.ts";

/** Whose limit a request counts against. */
type Tier = "address" | "staff" | "admin" | "service";

/** The API; its GraphQL has a second path, which must not be a way around the limit. */
const limitedPaths = ["/api", "/graphql"];
/** Probes ask often, and must not fail because others do too. */
const probe = /^\/api\/health\/?$/i;

/** The address that a request comes from; of IPv6 its /56 network, which one household or office has. */
export function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? "");
}

/**
 * Limits the requests of each IP address. Roles with a limit of their own are
 * counted apart, so that they and those who share their address do not use up
 * each other's. Answers tell the limit by draft-ietf-httpapi-ratelimit-headers-08.
 */
export function limitRequests({ config, cache, metrics, identify }: { readonly config: Config; readonly cache: Cache; readonly metrics: Metrics; readonly identify: Identify }): RequestHandler {
  const limits: Readonly<Record<Tier, number | undefined>> = { address: config.RATE_LIMIT_MAX, staff: config.RATE_LIMIT_MAX_STAFF, admin: config.RATE_LIMIT_MAX_ADMIN, service: config.RATE_LIMIT_MAX_SERVICE };
  const windowMs = config.RATE_LIMIT_WINDOW_MIN * 60_000;
  const tierOf = async (request: Request): Promise<Tier> => {
    // Who has no valid token counts by address; the route says what is wrong with it.
    const tier = await identify(request).then(ownTier, () => "address" as const);
    return limits[tier] === undefined ? "address" : tier;
  };
  const limitOf = async (request: Request) => limits[await tierOf(request)] ?? 0;
  const limit = rateLimit({
    windowMs,
    limit: limitOf,
    skip: async (request) => probe.test(request.baseUrl + request.path) || (await limitOf(request)) === 0,
    keyGenerator: async (request) => `${await tierOf(request)}:${addressOf(request)}`,
    store: new SharedCounter({ cache, name: "requests", windowMs }),
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // Its checks of the set-up write to the console; TRUST_PROXY says whether X-Forwarded-For counts.
    validate: false,
    handler: (request, _response, next) => {
      void tierOf(request).then((tier) => {
        metrics.http_rate_limited_total.inc({ tier });
        next(new TooManyRequestsError(`Too many requests: the limit is counted over ${config.RATE_LIMIT_WINDOW_MIN} minutes; Retry-After says when to come back.`));
      });
    },
  });
  return Router().use(limitedPaths, limit);
}

function ownTier({ kind, role }: Principal): Tier {
  if (kind === "service") return "service";
  return role === "viewer" ? "address" : role;
}
