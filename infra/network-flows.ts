import type { ScrapeJob } from "@forecast-stack/monitoring/scrape-jobs.ts";
import { makesBackups } from "./backup.ts";
import { alertInboxPort } from "./alert-inbox/alert-inbox.ts";
import { alertmanagerPort } from "./alertmanager.ts";
import type { Component } from "./components.ts";
import { postgresExporterPort, redisExporterPort } from "./database-exporters.ts";
import { servicePort } from "./forecast-service/service-pod.ts";
import { grafanaPort } from "./grafana.ts";
import { database } from "./postgres/provisioning.ts";
import { kubeStateMetricsPort } from "./prometheus/kube-state-metrics.ts";
import { nodeExporterPort } from "./prometheus/node-exporter.ts";
import { prometheusPort } from "./prometheus/prometheus.ts";
import { redisPort } from "./redis.ts";
import type { Settings } from "./settings.ts";

/**
 * One end of a flow: a component, or what lies outside the stack.
 * kubernetes: API server and kubelets; anywhere: any address.
 */
export type Peer = Component | "anywhere" | "kubernetes" | "operator-prometheus" | "cloudnativepg-operator";

/** One connection that the stack needs. What no flow names is refused. */
export interface Flow {
  readonly from: Peer;
  readonly to: Peer;
  /** TCP ports at `to`; absent: every port (only towards addresses that nobody knows beforehand). */
  readonly ports?: readonly number[];
  readonly why: string;
}

/** 443 is the service, 6443 what most clusters send it on to: policies see the one or the other. */
const apiServerPorts = [443, 6443];
const cloudNativePgStatusPort = 8000;

const metricsPorts: Readonly<Partial<Record<Component, number>>> = {
  api: servicePort,
  worker: servicePort,
  "rollout-controller": servicePort,
  "postgres-exporter": postgresExporterPort,
  "redis-exporter": redisExporterPort,
  "node-exporter": nodeExporterPort,
  "kube-state-metrics": kubeStateMetricsPort,
  prometheus: prometheusPort,
  alertmanager: alertmanagerPort,
  grafana: grafanaPort,
};

/** The table of all connections of a stack with these settings. */
export function networkFlows(settings: Settings, jobs: readonly ScrapeJob[], leaving: Leaving): Flow[] {
  return [...clientFlows(settings), ...databaseFlows(settings), ...cacheFlows(settings), ...outsideFlows(settings, leaving), ...clusterFlows(settings), ...rolloutFlows(settings), ...validationFlows(settings), ...monitoringFlows(settings, jobs, leaving.notifications)];
}

/** What a stack sends out of the cluster. */
export interface Leaving {
  /** The health job's, to its webhook. */
  readonly alerts: boolean;
  /** Alertmanager's, to whatever receivers are set. */
  readonly notifications: boolean;
  /** E-mails, to an SMTP server. */
  readonly mail: boolean;
}

function outsideFlows({ serviceEnvironment }: Settings, { alerts, mail }: Leaving): Flow[] {
  const reasons = [alerts ? "the webhook of the health job" : "", mail ? "e-mails" : "", "OIDC_ISSUER_URL" in serviceEnvironment ? "the keys of the OIDC issuer" : ""].filter((reason) => reason !== "");
  return reasons.length === 0 ? [] : (["api", "worker"] as const).map((from) => ({ from, to: "anywhere", why: reasons.join(", ") }));
}

function clientFlows({ serviceType, grafana, monitoring }: Settings): Flow[] {
  const pages: Flow[] = [
    { from: "anywhere", to: "prometheus", ports: [prometheusPort], why: "people, through the node port" },
    { from: "anywhere", to: "alertmanager", ports: [alertmanagerPort], why: "people, through the node port" },
  ];
  return [
    { from: "anywhere", to: "api", ports: [servicePort], why: "clients" },
    ...(serviceType === "NodePort" && monitoring.mode === "bundled" ? pages : []),
    ...(serviceType === "NodePort" && grafana.enabled ? [{ from: "anywhere", to: "grafana", ports: [grafanaPort], why: "people, through the node port" } as const] : []),
  ];
}

function databaseFlows(settings: Settings): Flow[] {
  const { postgres } = settings;
  const users: Component[] = ["api", "worker", "rollout-controller", "migrations", "postgres-exporter", ...(makesBackups(settings) ? (["backup"] as const) : [])];
  const to = postgres.mode === "external" ? "anywhere" : "postgres";
  const ports = [postgres.mode === "external" ? postgres.port : database.port];
  const connections = users.map((from): Flow => ({ from, to, ports, why: "the database" }));
  const writer = makesBackups(settings) ? "backup" : "postgres";
  if (settings.backup.s3.bucket !== "" && postgres.mode !== "external") connections.push({ from: writer, to: "anywhere", why: "the bucket of the backups" });
  if (postgres.mode !== "cloudnativepg") return connections;
  return [
    ...connections,
    { from: "postgres", to: "postgres", ports: [database.port, cloudNativePgStatusPort], why: "replication" },
    { from: "cloudnativepg-operator", to: "postgres", ports: [database.port, cloudNativePgStatusPort], why: "the operator asks each instance for its state" },
    { from: "postgres", to: "kubernetes", ports: apiServerPorts, why: "each instance reads its Cluster" },
  ];
}

function cacheFlows({ redis }: Settings): Flow[] {
  if (!redis.enabled) return [];
  return (["api", "worker", "redis-exporter"] as const).map((from) => ({ from, to: "redis", ports: [redisPort], why: "the cache" }));
}

function clusterFlows({ monitoring }: Settings): Flow[] {
  return [
    { from: "api", to: "kubernetes", ports: apiServerPorts, why: "the flags' ConfigMaps" },
    { from: "worker", to: "kubernetes", ports: apiServerPorts, why: "the flags' ConfigMaps" },
    ...(monitoring.kubeStateMetrics ? [{ from: "kube-state-metrics", to: "kubernetes", ports: apiServerPorts, why: "the objects that it counts" } as const] : []),
  ];
}

/** What the gates of staged rollouts are asked, and who is asked whether a step has reached it. */
function rolloutFlows({ monitoring }: Settings): Flow[] {
  const from = "rollout-controller";
  const bundled: Flow[] = [
    { from, to: "prometheus", ports: [prometheusPort], why: "the values of gates" },
    { from, to: "alertmanager", ports: [alertmanagerPort], why: "what became of a rollout" },
  ];
  return [
    { from, to: "kubernetes", ports: apiServerPorts, why: "the rollouts, its lease, the live pods" },
    { from, to: "api", ports: [servicePort], why: "by which flags each pod answers" },
    { from, to: "worker", ports: [servicePort], why: "by which flags each pod answers" },
    ...(monitoring.mode === "bundled" ? bundled : [{ from, to: "anywhere", why: "the values of gates, and what became of a rollout" } as const]),
  ];
}

/** What a release is held to, and who is told. */
function validationFlows({ monitoring }: Settings): Flow[] {
  const from = "validation";
  if (monitoring.mode !== "bundled") return [{ from, to: "anywhere", why: "the watch list, and the verdict over a release" }];
  return [
    { from, to: "prometheus", ports: [prometheusPort], why: "the watch list of a release" },
    { from, to: "alertmanager", ports: [alertmanagerPort], why: "the verdict over a release" },
  ];
}

function monitoringFlows({ monitoring, grafana, alerting }: Settings, jobs: readonly ScrapeJob[], alertsLeave: boolean): Flow[] {
  const bundled = monitoring.mode === "bundled";
  const scrapes = jobs.map((job): Flow => {
    const to = job.component as Component;
    const port = metricsPorts[to];
    if (port === undefined) throw new Error(`${to} is scraped, but the table of its port does not know it.`);
    return { from: bundled ? "prometheus" : "operator-prometheus", to, ports: [port], why: "metrics" };
  });
  const own: Flow[] = [
    { from: "prometheus", to: "kubernetes", ports: [...apiServerPorts, monitoring.kubeletPort], why: "discovery, and the metrics of API server and kubelets" },
    ...(alerting.inbox ? [{ from: "alertmanager", to: "alert-inbox", ports: [alertInboxPort], why: "notifications, for drills" } as const] : []),
    ...(alertsLeave ? [{ from: "alertmanager", to: "anywhere", why: "notifications" } as const] : []),
  ];
  const reader: Flow[] = grafana.enabled ? [bundled ? { from: "grafana", to: "prometheus", ports: [prometheusPort], why: "queries" } : { from: "grafana", to: "anywhere", why: "queries to the operator's Prometheus" }] : [];
  return [...scrapes, ...(bundled ? own : []), ...reader];
}
