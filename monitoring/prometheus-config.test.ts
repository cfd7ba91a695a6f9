import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { type Discovery, prometheusConfig } from "./prometheus-config.ts";
import { scrapeJobs } from "./scrape-jobs.ts";
import { serviceMonitorSpec } from "./service-monitors.ts";

const everything = { redis: true, nodeExporter: true, kubeStateMetrics: true, bundled: true, grafana: true };
const input = { stack: "dev", environment: "dev", namespace: "forecast-dev", nodeNamespace: "forecast-dev-node", alertmanager: "alertmanager:9093", ruleFiles: ["/etc/prometheus/rules.yaml"] };
const dns = { by: "dns", kubelet: "10.208.0.1:10250" } as const;
const kubernetes = { by: "kubernetes" } as const;

interface ScrapeConfig {
  readonly job_name: string;
  readonly kubernetes_sd_configs?: { readonly role: string; readonly namespaces?: { readonly names: string[] } }[];
  readonly dns_sd_configs?: { readonly names: string[]; readonly type: string }[];
  readonly relabel_configs?: { readonly target_label?: string }[];
}

const scrapeConfigs = (discovery: Discovery, parts = everything): ScrapeConfig[] => prometheusConfig({ ...input, discovery, jobs: scrapeJobs(parts) })["scrape_configs"] as ScrapeConfig[];

describe("the configuration of Prometheus", () => {
  it("is one that Debian's Prometheus accepts", () => {
    const directory = mkdtempSync(join(tmpdir(), "forecast-prometheus-"));
    const file = join(directory, "prometheus.yaml");
    writeFileSync(file, stringify(prometheusConfig({ ...input, discovery: dns, jobs: scrapeJobs(everything) }), { aliasDuplicateObjects: false }));
    const { status, stdout, stderr, error } = spawnSync("promtool", ["check", "config", "--syntax-only", file], { encoding: "utf8" });
    rmSync(directory, { recursive: true });
    if (error !== undefined) throw new Error(`promtool is needed on PATH (Debian package prometheus): ${error.message}`);
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
  });

  it.each([dns, kubernetes])("scrapes everything that a whole stack has, the kubelets and the API server, found by $by", (discovery) => {
    expect(scrapeConfigs(discovery).map(({ job_name }) => job_name)).toEqual([
      "api",
      "worker",
      "rollout-controller",
      "postgres-exporter",
      "redis-exporter",
      "node-exporter",
      "kube-state-metrics",
      "prometheus",
      "alertmanager",
      "grafana",
      "kubelet-cadvisor",
      "kubernetes-apiserver",
    ]);
  });

  it("does not look for parts that are off, which would be missing for ever", () => {
    const names = scrapeConfigs(dns, { redis: false, nodeExporter: false, kubeStateMetrics: false, bundled: true, grafana: false }).map(({ job_name }) => job_name);
    expect(names).toEqual(["api", "worker", "rollout-controller", "postgres-exporter", "prometheus", "alertmanager", "kubelet-cadvisor", "kubernetes-apiserver"]);
  });

  it("gives every pod the labels that rules and dashboards select by, whichever way it is found", () => {
    for (const discovery of [dns, kubernetes]) {
      for (const { job_name, relabel_configs = [] } of scrapeConfigs(discovery).slice(0, -2)) {
        const labels = relabel_configs.flatMap(({ target_label }) => target_label ?? []);
        expect({ job_name, by: discovery.by, labels }).toEqual({ job_name, by: discovery.by, labels: ["namespace", "pod", "instance"] });
      }
    }
  });

  it("asks the API server only in the namespaces where it has the right to", () => {
    const namespaces = scrapeConfigs(kubernetes).flatMap(({ kubernetes_sd_configs = [] }) => kubernetes_sd_configs.filter(({ role }) => role !== "node").flatMap(({ namespaces: where }) => where?.names ?? ["everywhere"]));
    expect([...new Set(namespaces)].sort()).toEqual(["default", "forecast-dev", "forecast-dev-node"]);
    expect(scrapeConfigs(dns).flatMap(({ kubernetes_sd_configs = [] }) => kubernetes_sd_configs)).toEqual([]);
  });

  it("asks DNS for the headless service of each component", () => {
    const names = scrapeConfigs(dns).flatMap(({ dns_sd_configs = [] }) => dns_sd_configs.flatMap((config) => config.names));
    expect(names).toEqual(expect.arrayContaining(["_http._tcp.api-pods.forecast-dev.svc", "_metrics._tcp.node-exporter-pods.forecast-dev-node.svc"]));
  });
});

describe("a ServiceMonitor", () => {
  it("selects the same service as the bundled Prometheus and calls it the same", () => {
    const [job] = scrapeJobs(everything);
    if (job === undefined) throw new Error("there is no job");
    expect(serviceMonitorSpec(job, "forecast-staging", "staging")).toMatchObject({
      jobLabel: "app.kubernetes.io/component",
      namespaceSelector: { matchNames: ["forecast-staging"] },
      selector: { matchLabels: { "app.kubernetes.io/instance": "staging", "app.kubernetes.io/component": "api", "forecast-stack/scraped": "true" } },
      endpoints: [{ port: "http", path: "/metrics", honorLabels: false }],
    });
  });
});
