import { droppedApiServerMetrics, droppedContainerMetrics, type ScrapeJob } from "./scrape-jobs.ts";

const token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
const clusterAuthority = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

export interface PrometheusConfigInput {
  readonly stack: string;
  readonly environment: string;
  /** Namespace of the stack. */
  readonly namespace: string;
  /** Namespace of what reads the node. */
  readonly nodeNamespace: string;
  readonly jobs: readonly ScrapeJob[];
  /** `host:port` of the Alertmanager. */
  readonly alertmanager: string;
  /** Globs of rule files. */
  readonly ruleFiles: readonly string[];
}

/** A Prometheus configuration file as an object; understood by 2.42 and by 3.x. */
export type PrometheusConfig = Readonly<Record<string, unknown>>;

/** The configuration of the bundled Prometheus: every service of the stack, the kubelets, the API server. */
export function prometheusConfig({ stack, environment, namespace, nodeNamespace, jobs, alertmanager, ruleFiles }: PrometheusConfigInput): PrometheusConfig {
  return {
    global: { scrape_interval: "15s", scrape_timeout: "10s", evaluation_interval: "15s", external_labels: { stack, environment } },
    rule_files: ruleFiles,
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [...jobs.map((job) => serviceJob(job, job.where === "node" ? nodeNamespace : namespace, stack)), containers(), apiServer()],
  };
}

function serviceJob({ component, port, path, honorLabels }: ScrapeJob, namespace: string, stack: string): Record<string, unknown> {
  return {
    job_name: component,
    metrics_path: path,
    honor_labels: honorLabels,
    kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { names: [namespace] } }],
    relabel_configs: [
      keep(["__meta_kubernetes_service_label_app_kubernetes_io_instance", "__meta_kubernetes_service_label_app_kubernetes_io_component"], `${stack};${component}`),
      keep(["__meta_kubernetes_endpointslice_port_name"], port),
      // A pod that has ended keeps its address in the slice for a moment.
      { action: "drop", source_labels: ["__meta_kubernetes_pod_phase"], regex: "Succeeded|Failed" },
      copy("__meta_kubernetes_namespace", "namespace"),
      copy("__meta_kubernetes_pod_name", "pod"),
      copy("__meta_kubernetes_pod_node_name", "node"),
    ],
  };
}

function containers(): Record<string, unknown> {
  return {
    job_name: "kubelet-cadvisor",
    scheme: "https",
    metrics_path: "/metrics/cadvisor",
    // A clock other than Prometheus's own makes samples that no rule sees.
    honor_timestamps: false,
    authorization: { credentials_file: token },
    // Most clusters' kubelets sign their own certificates, which no authority can check.
    tls_config: { ca_file: clusterAuthority, insecure_skip_verify: true },
    kubernetes_sd_configs: [{ role: "node" }],
    relabel_configs: [copy("__meta_kubernetes_node_name", "node")],
    metric_relabel_configs: [{ action: "drop", source_labels: ["__name__"], regex: droppedContainerMetrics }],
  };
}

function apiServer(): Record<string, unknown> {
  return {
    job_name: "kubernetes-apiserver",
    scheme: "https",
    authorization: { credentials_file: token },
    tls_config: { ca_file: clusterAuthority, server_name: "kubernetes.default.svc" },
    kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { names: ["default"] } }],
    relabel_configs: [keep(["__meta_kubernetes_service_name", "__meta_kubernetes_endpointslice_port_name"], "kubernetes;https")],
    metric_relabel_configs: [{ action: "drop", source_labels: ["__name__"], regex: droppedApiServerMetrics }],
  };
}

function keep(sourceLabels: string[], regex: string): Record<string, unknown> {
  return { action: "keep", source_labels: sourceLabels, regex };
}

function copy(from: string, to: string): Record<string, unknown> {
  return { action: "replace", source_labels: [from], target_label: to };
}
