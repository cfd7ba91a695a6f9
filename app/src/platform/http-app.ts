import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import compression from "compression";
import cors from "cors";
import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";
import type { Registry } from "prom-client";
import type { Config } from "./config.ts";
import { observeRequests } from "./http-metrics.ts";
import type { LatencyWatch } from "./latency-watch.ts";
import type { Log } from "./log.ts";
import { answerErrors, refuseUnknownRoutes } from "./problem.ts";
import { assignRequestId } from "./request-id.ts";

export interface HttpAppParts {
  readonly config: Config;
  readonly metrics: Metrics;
  readonly registry: Registry;
  readonly log: Log;
  readonly latency: LatencyWatch;
  /** Brings the gauges up to date before they are scraped. */
  readonly beforeScrape: () => Promise<void>;
  readonly handlers: readonly RequestHandler[];
}

/** An API has nothing that a browser should load or run, and is shown in no frame; a page that it has sets its own policy. */
const contentPolicy = { useDefaults: false, directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] } };
/** How long a browser may keep what it was told of the allowed origins. */
const CORS_MAX_AGE_SECONDS = 600;
/** What pages of other origins may read besides the body. */
const exposedHeaders = ["X-Request-Id", "Location", "RateLimit", "RateLimit-Policy", "Retry-After"];

/** The HTTP side of a process: what every request passes, the routes, and how errors are answered. */
export function createHttpApp(parts: HttpAppParts): Express {
  const { config, metrics, registry, log, latency, beforeScrape, handlers } = parts;
  const app = express();
  app.disable("x-powered-by");
  // Answers are never stored on the way: their validity is known here alone.
  app.disable("etag");
  app.set("trust proxy", config.TRUST_PROXY);
  app.use(assignRequestId, observeRequests(metrics, log, latency), helmet({ contentSecurityPolicy: contentPolicy }));
  if (config.CORS_ALLOWLIST.length > 0) app.use(cors({ origin: config.CORS_ALLOWLIST, credentials: true, exposedHeaders, maxAge: CORS_MAX_AGE_SECONDS }));
  if (config.ENABLE_RESPONSE_COMPRESSION) app.use(compression({ threshold: config.COMPRESSION_THRESHOLD_BYTES }));
  app.get("/metrics", async (_request, response) => {
    await beforeScrape();
    response.set("Content-Type", registry.contentType).send(await registry.metrics());
  });
  for (const handler of handlers) app.use(handler);
  app.use(refuseUnknownRoutes);
  app.use(answerErrors(log));
  return app;
}
