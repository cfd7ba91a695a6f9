import type { MetricDefinition } from "./metric-definition.ts";

/** What the suggestions of what to order measure. */
export const replenishmentMetrics = {
  replenishment_recommendations_pending: {
    type: "gauge",
    unit: "count",
    help: "Replenishment suggestions of all tenants that wait for a decision",
    labels: {},
    absentUntilKnown: true,
    owner: "inventory",
    emittedBy: ["api"],
  },
  replenishment_recommendations_critical: {
    type: "gauge",
    unit: "count",
    help: "Those of them whose item has nothing left to promise",
    labels: {},
    absentUntilKnown: true,
    owner: "inventory",
    emittedBy: ["api"],
  },
} as const satisfies Record<string, MetricDefinition>;
