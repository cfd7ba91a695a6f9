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
  readonly source: "prometheus" | "postgres-exporter" | "redis-exporter" | "node-exporter" | "kube-state-metrics" | "kubelet" | "apiserver" | "alertmanager";
  /** A healthy stack does not have it. */
  readonly rare?: true;
}

export const platformMetrics = {
  up: { type: "gauge", unit: "state", labels: {}, source: "prometheus" },
  pg_up: { type: "gauge", unit: "state", labels: {}, source: "postgres-exporter" },
  pg_stat_activity_count: { type: "gauge", unit: "count", labels: { datname: true, server: true, state: true }, source: "postgres-exporter" },
  pg_stat_activity_max_tx_duration: { type: "gauge", unit: "seconds", labels: { datname: true, server: true, state: true }, source: "postgres-exporter" },
  pg_settings_max_connections: { type: "gauge", unit: "count", labels: { server: true }, source: "postgres-exporter" },
  pg_database_size_bytes: { type: "gauge", unit: "bytes", labels: { datname: true, server: true }, source: "postgres-exporter" },
  redis_up: { type: "gauge", unit: "state", labels: {}, source: "redis-exporter" },
  redis_memory_used_bytes: { type: "gauge", unit: "bytes", labels: {}, source: "redis-exporter" },
  redis_memory_max_bytes: { type: "gauge", unit: "bytes", labels: {}, source: "redis-exporter" },
  node_cpu_seconds_total: { type: "counter", unit: "seconds", labels: { cpu: true, mode: true }, source: "node-exporter" },
  node_memory_MemAvailable_bytes: { type: "gauge", unit: "bytes", labels: {}, source: "node-exporter" },
  node_memory_MemTotal_bytes: { type: "gauge", unit: "bytes", labels: {}, source: "node-exporter" },
  node_filesystem_avail_bytes: { type: "gauge", unit: "bytes", labels: { device: true, fstype: true, mountpoint: true }, source: "node-exporter" },
  node_filesystem_size_bytes: { type: "gauge", unit: "bytes", labels: { device: true, fstype: true, mountpoint: true }, source: "node-exporter" },
  kube_pod_container_status_restarts_total: { type: "counter", unit: "count", labels: { container: true, uid: true }, source: "kube-state-metrics" },
  kube_deployment_spec_replicas: { type: "gauge", unit: "count", labels: { deployment: true }, source: "kube-state-metrics" },
  kube_deployment_status_replicas_available: { type: "gauge", unit: "count", labels: { deployment: true }, source: "kube-state-metrics" },
  kube_node_status_condition: { type: "gauge", unit: "state", labels: { node: true, condition: true, status: true }, source: "kube-state-metrics" },
  kube_persistentvolumeclaim_resource_requests_storage_bytes: { type: "gauge", unit: "bytes", labels: { persistentvolumeclaim: true }, source: "kube-state-metrics" },
  kube_service_info: { type: "gauge", unit: "state", labels: { service: true, uid: true, cluster_ip: true, external_name: true, load_balancer_ip: true }, source: "kube-state-metrics" },
  container_memory_working_set_bytes: { type: "gauge", unit: "bytes", labels: { container: true, image: true, id: true, name: true }, source: "kubelet" },
  container_cpu_usage_seconds_total: { type: "counter", unit: "seconds", labels: { container: true, image: true, cpu: true, id: true, name: true }, source: "kubelet" },
  apiserver_client_certificate_expiration_seconds_bucket: { type: "counter", unit: "count", labels: { le: true }, source: "apiserver" },
  prometheus_config_last_reload_successful: { type: "gauge", unit: "state", labels: {}, source: "prometheus" },
  prometheus_rule_evaluation_failures_total: { type: "counter", unit: "count", labels: { rule_group: true }, source: "prometheus" },
  prometheus_notifications_alertmanagers_discovered: { type: "gauge", unit: "count", labels: {}, source: "prometheus" },
  prometheus_notifications_errors_total: { type: "counter", unit: "count", labels: { alertmanager: true }, source: "prometheus" },
  prometheus_tsdb_wal_writes_failed_total: { type: "counter", unit: "count", labels: {}, source: "prometheus" },
  prometheus_target_scrapes_sample_duplicate_timestamp_total: { type: "counter", unit: "count", labels: {}, source: "prometheus" },
  prometheus_target_scrapes_sample_out_of_bounds_total: { type: "counter", unit: "count", labels: {}, source: "prometheus" },
  prometheus_target_scrapes_sample_out_of_order_total: { type: "counter", unit: "count", labels: {}, source: "prometheus" },
  alertmanager_config_last_reload_successful: { type: "gauge", unit: "state", labels: {}, source: "alertmanager" },
  alertmanager_notifications_failed_total: { type: "counter", unit: "count", labels: { integration: true }, source: "alertmanager" },
  // Only while something is wrong, or where there are replicas: not in the scrape of a healthy stack with one database.
  kube_pod_container_status_waiting_reason: { type: "gauge", unit: "state", labels: { container: true, uid: true, reason: true }, source: "kube-state-metrics", rare: true },
  pg_stat_replication_pg_wal_lsn_diff: { type: "gauge", unit: "bytes", labels: { server: true, application_name: true, client_addr: true, slot_name: true, state: true }, source: "postgres-exporter", rare: true },
} as const satisfies Record<string, PlatformMetric>;

export type PlatformMetricName = keyof typeof platformMetrics;
