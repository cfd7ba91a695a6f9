import { type MetricDefinition, oneOf } from "./metric-definition.ts";

/** What the health job found and told. */
export const healthMetrics = {
  health_check_status: {
    type: "gauge",
    unit: "state",
    help: "What the health job found last: 2 healthy, 1 degraded, 0 unhealthy",
    labels: { check: oneOf("database", "tables", "data-volume", "accuracy", "replenishment", "graphql", "query-performance", "indexes") },
    absentUntilKnown: true,
    owner: "platform",
    emittedBy: ["api"],
  },
  daily_reports_total: {
    type: "counter",
    unit: "count",
    help: "Daily reports mailed, one per tenant; a failed one is tried again",
    labels: { outcome: oneOf("sent", "failed") },
    owner: "forecasting",
    emittedBy: ["worker"],
  },
  health_notifications_total: {
    type: "counter",
    unit: "count",
    help: "Changes of the health status sent to ALERT_WEBHOOK; what could not be sent is tried again by the next health job",
    labels: { outcome: oneOf("sent", "failed") },
    owner: "platform",
    emittedBy: ["api"],
  },
} as const satisfies Record<string, MetricDefinition>;
