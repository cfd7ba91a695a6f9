import { type MetricDefinition, oneOf } from "./metric-definition.ts";

/** What is measured about who may use the service, and how much. */
export const accessMetrics = {
  auth_logins_total: {
    type: "counter",
    unit: "count",
    help: "Sign-ins with a password, by what became of them",
    labels: { outcome: oneOf("success", "refused", "throttled") },
    owner: "platform",
    emittedBy: ["api"],
  },
  http_rate_limited_total: {
    type: "counter",
    unit: "count",
    help: "Requests refused because their limit was used up, by whose limit it was",
    labels: { tier: oneOf("address", "staff", "admin", "service") },
    owner: "platform",
    emittedBy: ["api"],
  },
} as const satisfies Record<string, MetricDefinition>;
