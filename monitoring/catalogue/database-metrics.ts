import { boundedBy, type MetricDefinition, oneOf } from "./metric-definition.ts";

const query = boundedBy("names of the service's own SQL statements");
const table = boundedBy("tables of the service's schema");

/** What the service measures about its own use of Postgres. */
export const databaseMetrics = {
  database_query_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Time of one SQL statement, waiting for a connection not included",
    labels: { query },
    // 0.2 is the slow-query threshold and 0.5 the p95 alert threshold.
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30],
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  database_query_errors_total: {
    type: "counter",
    unit: "count",
    help: "SQL statements that failed",
    labels: { query },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  database_slow_queries_total: {
    type: "counter",
    unit: "count",
    help: "SQL statements slower than SLOW_QUERY_THRESHOLD_MS",
    labels: { query },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  database_pool_connections: {
    type: "gauge",
    unit: "count",
    help: "Connections of the process's pool by state; `waiting` counts callers without one",
    labels: { state: oneOf("active", "idle", "waiting") },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  database_table_rows: {
    type: "gauge",
    unit: "count",
    help: "Live rows of a table, as Postgres estimates them",
    labels: { table },
    absentUntilKnown: true,
    owner: "platform",
    emittedBy: ["api"],
  },
  database_table_bloat_ratio: {
    type: "gauge",
    unit: "ratio",
    help: "Dead rows as a share of all rows of a table",
    labels: { table },
    absentUntilKnown: true,
    owner: "platform",
    emittedBy: ["api"],
  },
  database_index_use_ratio: {
    type: "gauge",
    unit: "ratio",
    help: "Index scans as a share of all scans of a table since its statistics began",
    labels: { table },
    absentUntilKnown: true,
    owner: "platform",
    emittedBy: ["api"],
  },
  database_pool_max_connections: {
    type: "gauge",
    unit: "count",
    help: "Connections that the process's pool may open (DATABASE_POOL_MAX)",
    labels: {},
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
} as const satisfies Record<string, MetricDefinition>;
