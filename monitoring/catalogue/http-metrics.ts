import { boundedBy, type MetricDefinition, oneOf } from "./metric-definition.ts";

const method = oneOf("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER");
const route = boundedBy("route templates of the service, and `unmatched` for every other path");
const status = boundedBy("status codes that the service answers with");

/** What the HTTP server measures about each request. */
export const httpMetrics = {
  http_request_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Time from the first byte of a request to the end of its response",
    labels: { method, route, status },
    // 0.02 (p95 objective), 0.025 and 0.05 (latency thresholds) and 0.06 (rollback trigger) are borders, so that none is interpolated.
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.025, 0.05, 0.06, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30, 60],
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  http_requests_total: {
    type: "counter",
    unit: "count",
    help: "Requests answered",
    labels: { method, route, status },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  http_requests_in_progress: {
    type: "gauge",
    unit: "count",
    help: "Requests being answered now",
    labels: {},
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
} as const satisfies Record<string, MetricDefinition>;
