import { boundedBy, type MetricDefinition, oneOf } from "./metric-definition.ts";

const emittedBy = ["api", "worker"] as const;

/** What every process of the service tells about itself. */
export const processMetrics = {
  forecast_service_info: {
    type: "gauge",
    unit: "state",
    help: "Always 1; its labels say what runs",
    labels: { version: boundedBy("released versions"), role: oneOf("api", "worker", "api+worker") },
    owner: "platform",
    emittedBy,
  },
  process_cpu_seconds_total: {
    type: "counter",
    unit: "seconds",
    help: "CPU time used by the process",
    labels: { mode: oneOf("user", "system") },
    owner: "platform",
    emittedBy,
  },
  process_resident_memory_bytes: {
    type: "gauge",
    unit: "bytes",
    help: "Resident memory",
    labels: {},
    owner: "platform",
    emittedBy,
  },
  process_memory_used_ratio: {
    type: "gauge",
    unit: "ratio",
    help: "Resident memory as a share of the memory that the process may use (container limit, else the machine's)",
    labels: {},
    owner: "platform",
    emittedBy,
  },
  process_start_time_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the process started, in seconds since 1970",
    labels: {},
    owner: "platform",
    emittedBy,
  },
  nodejs_heap_size_used_bytes: {
    type: "gauge",
    unit: "bytes",
    help: "Heap of the main thread in use",
    labels: {},
    owner: "platform",
    emittedBy,
  },
  nodejs_event_loop_lag_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "How late a timer fired that was due every half second",
    labels: {},
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    owner: "platform",
    emittedBy,
  },
  nodejs_gc_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Pauses of the garbage collector",
    labels: { kind: oneOf("minor", "major", "incremental", "weakcb") },
    buckets: [0.001, 0.01, 0.1, 1],
    owner: "platform",
    emittedBy,
  },
} as const satisfies Record<string, MetricDefinition>;
