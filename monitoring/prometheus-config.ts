import { droppedApiServerMetrics, droppedContainerMetrics, keptApiServerBuckets, type ScrapeJob } from "./scrape-jobs.ts";

/** Seconds from one look of Prometheus at a target to the next. */
export const scrapeIntervalSeconds = 15;

/**
 * Seconds that a value counts after it was taken. A target that goes away is
 * noted at once, but not one that goes away while Prometheus is restarted: with
 * the five minutes that Prometheus takes otherwise, what the exporter from
 * before had said would hide a fault for as long. Longer than the time between
 * two evaluations of any rule, whose records would be gone in between.
 */
export const lookbackSeconds = 90;

const token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
const clusterAuthority = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/**
 * How the targets are found. kubernetes: from the API server; dns: from the SRV
 * records of headless services, for a Prometheus that is built without the
 * former (Debian's), on a cluster with one node, whose kubelet is at `kubelet`
 * (`host:port`).
 */
export type Discovery = { readonly by: "kubernetes" } | { readonly by: "dns"; readonly kubelet: string };

export interface PrometheusConfigInput {
  readonly stack: string;
  readonly environment: string;
  /** Namespace of the stack. */
  readonly namespace: string;
  /** Namespace of what reads the node. */
  readonly nodeNamespace: string;
  readonly discovery: Discovery;
  readonly jobs: readonly ScrapeJob[];
  /** `host:port` of the Alertmanager. */
  readonly alertmanager: string;
  /** Globs of rule files. */
  readonly ruleFiles: readonly string[];
}

/** A Prometheus configuration file as an object; understood by 2.42 and by 3.x. */
export type PrometheusConfig = Readonly<Record<string, unknown>>;

type Section = Readonly<Record<string, unknown>>;

/**
 * The configuration of the bundled Prometheus: every service of the stack, the
 * kubelets, the API server. `job`, `namespace`, `pod` and `instance` (the pod
 * again) are the same whichever way the targets are found.
 */
export function prometheusConfig({ stack, environment, namespace, nodeNamespace, discovery, jobs, alertmanager, ruleFiles }: PrometheusConfigInput): PrometheusConfig {
  const find = discovery.by === "kubernetes" ? podsByApiServer : podsByName;
  return {
    global: { scrape_interval: `${scrapeIntervalSeconds}s`, scrape_timeout: "10s", evaluation_interval: "15s", external_labels: { stack, environment } },
    rule_files: ruleFiles,
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      ...jobs.map((job) => ({ job_name: job.component, metrics_path: job.path, honor_labels: job.honorLabels, ...find(job, job.where === "node" ? nodeNamespace : namespace) })),
      containers(discovery),
      apiServer(discovery),
    ],
  };
}

function podsByApiServer({ service, port }: ScrapeJob, namespace: string): Section {
  return {
    kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { names: [namespace] } }],
    relabel_configs: [
      keep(["__meta_kubernetes_service_name", "__meta_kubernetes_endpointslice_port_name"], `${service};${port}`),
      // A pod that has ended keeps its address in the slice for a moment.
      { action: "drop", source_labels: ["__meta_kubernetes_pod_phase"], regex: "Succeeded|Failed" },
      copy("__meta_kubernetes_namespace", "namespace"),
      copy("__meta_kubernetes_pod_name", "pod"),
      copy("__meta_kubernetes_pod_name", "instance"),
    ],
  };
}

/** An SRV record's target is `<pod>.<service>.<namespace>...` where the cluster's DNS names pods, `<address with dashes>...` otherwise. */
function podsByName({ service, port }: ScrapeJob, namespace: string): Section {
  const pod = { source_labels: ["__meta_dns_srv_record_target"], regex: "([^.]+)\\..*" };
  return {
    dns_sd_configs: [{ names: [`_${port}._tcp.${service}.${namespace}.svc`], type: "SRV", refresh_interval: "10s" }],
    relabel_configs: [
      { action: "replace", target_label: "namespace", replacement: namespace },
      { action: "replace", ...pod, target_label: "pod" },
      { action: "replace", ...pod, target_label: "instance" },
    ],
  };
}

function containers(discovery: Discovery): Section {
  const targets =
    discovery.by === "kubernetes"
      ? { kubernetes_sd_configs: [{ role: "node" }], relabel_configs: [copy("__meta_kubernetes_node_name", "instance")] }
      : { static_configs: [{ targets: [discovery.kubelet] }] };
  return {
    job_name: "kubelet-cadvisor",
    scheme: "https",
    metrics_path: "/metrics/cadvisor",
    // A clock other than Prometheus's own makes samples that no rule sees.
    honor_timestamps: false,
    authorization: { credentials_file: token },
    // Most clusters' kubelets sign their own certificates, which no authority can check.
    tls_config: { ca_file: clusterAuthority, insecure_skip_verify: true },
    ...targets,
    metric_relabel_configs: [{ action: "drop", source_labels: ["__name__"], regex: droppedContainerMetrics }],
  };
}

function apiServer(discovery: Discovery): Section {
  const targets =
    discovery.by === "kubernetes"
      ? {
          kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { names: ["default"] } }],
          relabel_configs: [keep(["__meta_kubernetes_service_name", "__meta_kubernetes_endpointslice_port_name"], "kubernetes;https")],
        }
      : { static_configs: [{ targets: ["kubernetes.default.svc:443"] }] };
  return {
    job_name: "kubernetes-apiserver",
    scheme: "https",
    authorization: { credentials_file: token },
    tls_config: { ca_file: clusterAuthority, server_name: "kubernetes.default.svc" },
    ...targets,
    metric_relabel_configs: [
      // RE2 has no "all but": what is kept gets a mark first.
      { action: "replace", source_labels: ["__name__"], regex: keptApiServerBuckets, target_label: "__kept", replacement: "yes" },
      { action: "drop", source_labels: ["__kept", "__name__"], regex: `;(${droppedApiServerMetrics})` },
      { action: "labeldrop", regex: "__kept" },
    ],
  };
}

function keep(sourceLabels: string[], regex: string): Section {
  return { action: "keep", source_labels: sourceLabels, regex };
}

function copy(from: string, to: string): Section {
  return { action: "replace", source_labels: [from], target_label: to };
}
