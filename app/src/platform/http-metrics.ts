import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Request, RequestHandler, Response } from "express";
import type { LatencyWatch } from "./latency-watch.ts";
import type { Log } from "./log.ts";
import { requestIdOf } from "./request-id.ts";

/** The client closed the connection before it had its answer (a convention, not a registered status). */
const CLIENT_CLOSED = 499;
const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** Routes that machines ask of each process every few seconds; they are measured, not logged. */
export const quietRoutes: ReadonlySet<string> = new Set(["/metrics", "/health/live", "/health/ready"]);

/**
 * Measures and logs every request. The label `route` is the template that
 * matched, never the path that was asked for: made-up paths add no series.
 */
export function observeRequests(metrics: Metrics, log: Log, latency: LatencyWatch): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    metrics.http_requests_in_progress.inc();
    response.once("close", () => {
      const elapsedMs = performance.now() - started;
      const labels = {
        method: methods.has(request.method) ? request.method : "OTHER",
        route: routeOf(request),
        status: String(statusOf(response)),
      };
      metrics.http_requests_in_progress.dec();
      metrics.http_requests_total.inc(labels);
      metrics.http_request_duration_seconds.observe(labels, elapsedMs / 1_000);
      // Imports and exports take as long as they are large; reading takes long when something is wrong.
      if (request.method === "GET" && labels.route.startsWith("/api/") && !labels.route.endsWith("/export")) latency.record(elapsedMs);
      if (!quietRoutes.has(labels.route)) log.info({ requestId: requestIdOf(response), ...labels, elapsedMs: Math.round(elapsedMs * 10) / 10 }, "request");
    });
    next();
  };
}

function routeOf(request: Request): string {
  const route = request.route as { path?: unknown } | undefined;
  return typeof route?.path === "string" ? route.path : "unmatched";
}

function statusOf(response: Response): number {
  return response.writableFinished ? response.statusCode : CLIENT_CLOSED;
}
