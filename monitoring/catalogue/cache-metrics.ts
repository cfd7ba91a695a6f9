import { type MetricDefinition, oneOf } from "./metric-definition.ts";

const cache = oneOf("lists", "summaries", "queries", "forecasts");

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
