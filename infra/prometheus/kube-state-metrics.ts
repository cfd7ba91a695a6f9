import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Exporter } from "../exporter.ts";
import type { StackContext } from "../stack-context.ts";
import { clusterRights, serviceAccount } from "./rbac.ts";

export const kubeStateMetricsPort = 8080;

/** What the dashboards and rules are about; secrets and config maps are not, so it may not read them. */
const watched = {
  "": ["nodes", "pods", "services", "namespaces", "persistentvolumeclaims", "persistentvolumes"],
  apps: ["deployments", "statefulsets", "daemonsets", "replicasets"],
  batch: ["jobs", "cronjobs"],
  autoscaling: ["horizontalpodautoscalers"],
  policy: ["poddisruptionbudgets"],
} as const;

/**
 * Tells Prometheus what the API server knows: nodes, and pods, restarts,
 * replicas and claims of the stack's own namespaces. What runs in others is
 * their owners' business: a stack must not page for its neighbour.
 */
export function kubeStateMetrics(context: StackContext, namespaces: readonly string[], options: pulumi.ComponentResourceOptions): Exporter {
  const version = context.versionOf("kube-state-metrics");
  const parent = options.parent === undefined ? {} : { parent: options.parent };
  const account = serviceAccount(context, "kube-state-metrics", version, parent);
  const rules = Object.entries(watched).map(([group, resources]): types.input.rbac.v1.PolicyRule => ({ apiGroups: [group], resources: [...resources], verbs: ["list", "watch"] }));
  clusterRights(context, "kube-state-metrics", version, account, rules, parent);
  return new Exporter(
    context,
    {
      component: "kube-state-metrics",
      port: kubeStateMetricsPort,
      size: "kube-state-metrics",
      args: [`--port=${kubeStateMetricsPort}`, "--telemetry-port=8081", `--resources=${Object.values(watched).flat().join(",")}`, `--namespaces=${namespaces.join(",")}`],
      serviceAccountName: account.metadata.name,
    },
    options,
  );
}
