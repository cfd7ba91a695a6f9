import { type ScrapeJob, scrapedLabel } from "./scrape-jobs.ts";

export interface ServiceMonitorSpec {
  readonly jobLabel: string;
  readonly namespaceSelector: { readonly matchNames: readonly string[] };
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly endpoints: readonly Readonly<Record<string, unknown>>[];
}

/** The same job for the Prometheus Operator (monitoring.coreos.com/v1); the kubelet and the API server are its own business. */
export function serviceMonitorSpec({ component, port, path, honorLabels }: ScrapeJob, namespace: string, stack: string): ServiceMonitorSpec {
  return {
    jobLabel: "app.kubernetes.io/component",
    namespaceSelector: { matchNames: [namespace] },
    selector: { matchLabels: { "app.kubernetes.io/instance": stack, "app.kubernetes.io/component": component, [scrapedLabel]: "true" } },
    endpoints: [
      {
        port,
        path,
        honorLabels,
        interval: "15s",
        scrapeTimeout: "10s",
        relabelings: [{ action: "replace", sourceLabels: ["__meta_kubernetes_pod_name"], targetLabel: "instance" }],
      },
    ],
  };
}
