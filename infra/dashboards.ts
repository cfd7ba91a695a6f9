import { ConfigMap } from "@pulumi/kubernetes/core/v1/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { allDashboards } from "@forecast-stack/dashboards/all-dashboards.ts";
import { metadataOf, type StackContext } from "./stack-context.ts";

/** Every dashboard as a ConfigMap, found by its label by Grafana's sidecar where a cluster's own Grafana has one. */
export function dashboards(context: StackContext, options: pulumi.CustomResourceOptions): ConfigMap {
  const metadata = metadataOf(context, "dashboards", context.appVersion);
  return new ConfigMap(
    "dashboards",
    {
      metadata: { ...metadata, labels: { ...metadata.labels, grafana_dashboard: "1" } },
      immutable: true,
      data: Object.fromEntries(Object.entries(allDashboards(context.settings.monitoring.runbookUrl)).map(([file, dashboard]) => [file, `${JSON.stringify(dashboard, null, 2)}\n`])),
    },
    options,
  );
}
