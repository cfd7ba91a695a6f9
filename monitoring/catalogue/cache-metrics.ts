import { type MetricDefinition, oneOf } from "./metric-definition.ts";

const cache = oneOf("lists", "summaries", "queries", "forecasts");
/** Why the cache is filled. */
const reason = oneOf("run", "startup", "deploy", "peak", "maintenance");

/** What the caches measure; hit rate is hits / (hits + misses). */
export const cacheMetrics = {
  cache_hits_total: {
    type: "counter",
    unit: "count",
    help: "Reads answered from the cache",
    labels: { cache },
    owner: "platform",
    emittedBy: ["api"],
  },
  cache_misses_total: {
    type: "counter",
    unit: "count",
    help: "Reads that had to be computed",
    labels: { cache },
    owner: "platform",
    emittedBy: ["api"],
  },
  cache_stale_served_total: {
    type: "counter",
    unit: "count",
    help: "Reads answered with an answer whose time was over, while it was computed anew",
    labels: { cache },
    owner: "platform",
    emittedBy: ["api"],
  },
  cache_stale_cleared_total: {
    type: "counter",
    unit: "count",
    help: "Answers that had outlived their time and were cleared from the process",
    labels: {},
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  cache_rebuild_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Time to compute an answer for the cache",
    labels: { cache },
    // 10 is CACHE_REBUILD_TIME_THRESHOLD_MS.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  cache_preload_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Time to fill the cache of one tenant with its most frequent queries",
    labels: { reason },
    // 5 s is the target after a run, 30 s before a peak.
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  cache_preloaded_queries_total: {
    type: "counter",
    unit: "count",
    help: "Queries that were computed before they were asked for",
    labels: { reason },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  cache_preloads_given_up_total: {
    type: "counter",
    unit: "count",
    help: "Times that filling the cache took longer than CACHE_PRELOAD_TIMEOUT_MS",
    labels: { reason },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  query_log_requests_total: {
    type: "counter",
    unit: "count",
    help: "Requests that were written to the log of queries, by which the cache is filled",
    labels: {},
    owner: "platform",
    emittedBy: ["api"],
  },
  cache_redis_up: {
    type: "gauge",
    unit: "state",
    help: "1 while Redis answers, 0 while the process-local cache stands in for it; absent when no Redis is configured",
    labels: {},
    absentUntilKnown: true,
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  cache_redis_errors_total: {
    type: "counter",
    unit: "count",
    help: "Cache operations that Redis failed and the process-local cache answered",
    labels: { operation: oneOf("get", "set", "invalidate") },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
} as const satisfies Record<string, MetricDefinition>;
