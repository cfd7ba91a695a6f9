import type { types } from "@pulumi/kubernetes";
import { alertmanagerPort } from "./alertmanager.ts";
import { prometheusPort } from "./prometheus/prometheus.ts";
import type { Settings } from "./settings.ts";

/** Where Prometheus and Alertmanager answer inside the cluster, as variables of a pod; those that the stack does not know are left out. */
export function monitoringUrls({ monitoring: { mode, prometheusUrl, alertmanagerUrl } }: Settings): types.input.core.v1.EnvVar[] {
  const urls = mode === "bundled" ? { PROMETHEUS_URL: `http://prometheus:${prometheusPort}`, ALERTMANAGER_URL: `http://alertmanager:${alertmanagerPort}` } : { PROMETHEUS_URL: prometheusUrl, ALERTMANAGER_URL: alertmanagerUrl };
  return Object.entries(urls).filter(([, value]) => value !== "").map(([name, value]) => ({ name, value }));
}
