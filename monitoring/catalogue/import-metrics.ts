import { type MetricDefinition, oneOf } from "./metric-definition.ts";

const kind = oneOf("items", "inventory", "demand", "transactions");

/** What the CSV imports measure. */
export const importMetrics = {
  import_rows_total: {
    type: "counter",
    unit: "count",
    help: "Rows of CSV imports that were committed, by what became of them",
    labels: { kind, outcome: oneOf("imported", "rejected") },
    owner: "inventory",
    emittedBy: ["api"],
  },
  import_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Time of one CSV import, aborted ones included",
    labels: { kind, outcome: oneOf("committed", "rolled-back") },
    buckets: [0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
    owner: "inventory",
    emittedBy: ["api"],
  },
} as const satisfies Record<string, MetricDefinition>;
