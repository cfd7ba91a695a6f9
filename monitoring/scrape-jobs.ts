/**
 * What Prometheus reads of a stack, as data: the bundled Prometheus's
 * configuration and the ServiceMonitors of an operator's are made from this one
 * table, so that `job`, `namespace`, `pod` and `node` mean the same in both.
 */
export interface ScrapeJob {
  /** The `job` label, and the `app.kubernetes.io/component` of the pods. */
  readonly component: string;
  /** The headless service whose pods are scraped. */
  readonly service: string;
  /** Named port of the service. */
  readonly port: string;
  readonly path: string;
  /** In which of the stack's namespaces the service stands. */
  readonly where: "stack" | "node";
  /** Keep the labels that the target sets itself (kube-state-metrics speaks of other pods). */
  readonly honorLabels: boolean;
}

const job = (component: string, port = "metrics", differences: Partial<ScrapeJob> = {}): ScrapeJob => ({ component, service: podsService(component), port, path: "/metrics", where: "stack", honorLabels: false, ...differences });

/** Tells the service that is scraped from another of the same component that people use. */
export const scrapedLabel = "forecast-stack/scraped";

/** The headless service of a component: every pod by its name, ready or not. */
export function podsService(component: string): string {
  return `${component}-pods`;
}

/** Parts of a stack that a setting can switch off. */
export interface MonitoredParts {
  readonly redis: boolean;
  readonly nodeExporter: boolean;
  readonly kubeStateMetrics: boolean;
  readonly bundled: boolean;
  readonly grafana: boolean;
}

/** The services of a stack that are scraped. */
export function scrapeJobs({ redis, nodeExporter, kubeStateMetrics, bundled, grafana }: MonitoredParts): ScrapeJob[] {
  return [
    job("api", "http"),
    job("worker", "http"),
    job("rollout-controller", "http"),
    job("postgres-exporter"),
    ...(redis ? [job("redis-exporter")] : []),
    ...(nodeExporter ? [job("node-exporter", "metrics", { where: "node" })] : []),
    ...(kubeStateMetrics ? [job("kube-state-metrics", "metrics", { honorLabels: true })] : []),
    ...(bundled ? [job("prometheus", "http"), job("alertmanager", "http")] : []),
    ...(grafana ? [job("grafana", "http")] : []),
  ];
}

/** Metrics of the kubelet's cAdvisor that nobody reads and that make up most of it. */
export const droppedContainerMetrics = "container_(tasks_state|memory_failures_total|blkio_device_usage_total|network_tcp6?_usage_total|network_udp6?_usage_total|ulimits_soft|file_descriptors|sockets|threads_max|threads)";

/** Histograms of the API server: thousands of series that nobody reads, but for the validity of its clients' certificates; the counts and sums of the others stay. */
export const keptApiServerBuckets = "apiserver_client_certificate_expiration_seconds_bucket";
export const droppedApiServerMetrics = ".+_bucket|kubernetes_feature_enabled";
