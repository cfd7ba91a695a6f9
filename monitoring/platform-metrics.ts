import type { Unit } from "./catalogue/metric-definition.ts";

/**
 * Metrics that rules and dashboards read and that others emit: Prometheus
 * itself, the exporters, kube-state-metrics, the kubelet. Only what is used
 * stands here; the stack's end-to-end tests look for each of them in a live
 * Prometheus.
 */
interface PlatformMetric {
  readonly type: "counter" | "gauge";
  readonly unit: Unit;
  readonly labels: Readonly<Record<string, true>>;
  readonly source: "prometheus" | "postgres-exporter" | "redis-exporter" | "node-exporter" | "kube-state-metrics" | "kubelet";
}

export const platformMetrics = {
  up: { type: "gauge", unit: "state", labels: {}, source: "prometheus" },
  pg_up: { type: "gauge", unit: "state", labels: {}, source: "postgres-exporter" },
  redis_up: { type: "gauge", unit: "state", labels: {}, source: "redis-exporter" },
  kube_pod_container_status_restarts_total: { type: "counter", unit: "count", labels: { container: true, uid: true }, source: "kube-state-metrics" },
  container_memory_working_set_bytes: { type: "gauge", unit: "bytes", labels: { container: true, image: true }, source: "kubelet" },
  container_cpu_usage_seconds_total: { type: "counter", unit: "seconds", labels: { container: true, image: true, cpu: true }, source: "kubelet" },
} as const satisfies Record<string, PlatformMetric>;

export type PlatformMetricName = keyof typeof platformMetrics;
