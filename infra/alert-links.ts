import type { AlertLinks } from "@forecast-stack/monitoring/alert-rule.ts";
import { grafanaPort } from "./grafana.ts";
import type { Settings } from "./settings.ts";

/** Where the alerts of a stack with these settings lead: its own Grafana unless another one is set. */
export function alertLinks({ monitoring, grafana, serviceType, nodeAddress, nodePorts }: Settings, namespace: string): AlertLinks {
  const own = serviceType === "NodePort" ? `http://${nodeAddress}:${nodePorts.grafana}` : `http://grafana.${namespace}.svc:${grafanaPort}`;
  return { runbooks: monitoring.runbookUrl, dashboards: monitoring.dashboardUrl === "" && grafana.enabled ? own : monitoring.dashboardUrl };
}
