import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";
import { series } from "@forecast-stack/monitoring/promql.ts";
import { alertPanel } from "./alert-panel.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number } from "./layout.ts";

/** The sum over a pod: cAdvisor gives it under an empty container name. */
const pods = { namespace: "$namespace", container: "", pod: { matchesNot: "" } } as const;

/** Pods, nodes and certificates. */
export function kubernetes(): ClassicDashboard {
  return dashboard({
    uid: dashboardUids.kubernetes,
    title: "Kubernetes",
    description: "The stack's pods, the nodes that they run on, and the certificates that clients use.",
    owner: "platform",
    window: "6h",
    sections: [
      {
        title: "Pods",
        panels: [
          curve({ ...alertPanel("PodCrashLooping", { description: "1 for a container that ends again and again. Empty is good.", unit: "none", legend: "{{pod}} {{container}}", min: 0 }), emptyIsGood: true }),
          curve(alertPanel("PodRestarting", { description: "Restarts of each container within an hour.", unit: "none", legend: "{{pod}} {{container}}", min: 0 })),
          curve(alertPanel("ReplicasMissing", { description: "Pods that a deployment should have and that are not available.", unit: "none", legend: "{{deployment}}", min: 0 })),
          curve({ title: "Processor of the pods", description: "Processors in use by each pod.", unit: "none", min: 0, queries: [{ expr: `sum by (pod) (rate(${series("container_cpu_usage_seconds_total", pods)}[$__rate_interval]))`, legend: "{{pod}}" }] }, 12),
          curve({ title: "Memory of the pods", description: "Working set of each pod.", unit: "bytes", min: 0, queries: [{ expr: `sum by (pod) (${series("container_memory_working_set_bytes", pods)})`, legend: "{{pod}}" }] }, 12),
        ],
      },
      {
        title: "Nodes",
        panels: [
          number(alertPanel("NodeNotReady", { description: "1 for a node that takes pods, 0 for one that does not.", unit: "none", legend: "{{node}}" }), 12),
          number(alertPanel("CertificateExpiring", { description: "Validity left of the certificates with which clients come to the API server: 1 of 100 has less. Empty while nobody comes with one.", unit: "s", legend: "{{job}}" }), 12),
          curve(alertPanel("NodeCpuHigh", { description: "Processor of each node in use.", unit: "percentunit", legend: "{{instance}}", min: 0, max: 1 })),
          curve(alertPanel("NodeMemoryHigh", { description: "Memory of each node in use.", unit: "percentunit", legend: "{{instance}}", min: 0, max: 1 })),
          curve(alertPanel("NodeDiskFilling", { description: "Disk of each node in use, where least is left.", unit: "percentunit", legend: "{{instance}} {{mountpoint}}", min: 0, max: 1 })),
        ],
      },
    ],
  });
}
