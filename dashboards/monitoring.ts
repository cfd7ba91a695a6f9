import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";
import { alertPanel } from "./alert-panel.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard } from "./layout.ts";

/** Who watches the watchers: Prometheus and Alertmanager themselves. */
export function monitoring(): ClassicDashboard {
  return dashboard({
    uid: dashboardUids.monitoring,
    title: "Monitoring",
    description: "Prometheus and Alertmanager themselves: what they reach, what they lose, whom they cannot tell.",
    owner: "platform",
    window: "6h",
    sections: [
      {
        title: "Prometheus",
        panels: [
          curve(alertPanel("TargetDown", { description: "Targets of each job that Prometheus does not reach; the service's own pods have a panel of their own.", unit: "none", legend: "{{job}}", min: 0 })),
          curve(alertPanel("ConfigReloadFailed", { description: "1 while the newest configuration is in force, 0 while an older one is because the newest is wrong.", unit: "none", legend: "{{job}}", min: 0, max: 1 })),
          curve(alertPanel("RuleEvaluationFailing", { description: "Evaluations of rules per second that fail.", unit: "ops", legend: "{{job}}", min: 0 })),
          curve(alertPanel("SamplesLost", { description: "Writes per second that fail: a full or broken disk.", unit: "ops", legend: "writes", min: 0 })),
          curve(alertPanel("SamplesRejected", { description: "Samples per second that come with a wrong time.", unit: "ops", legend: "samples", min: 0 })),
        ],
      },
      {
        title: "Alertmanager",
        panels: [
          curve(alertPanel("AlertmanagerUnreachable", { description: "Notifications per second that do not reach an Alertmanager, or 1 while none is known.", unit: "none", legend: "failed", min: 0 }), 12),
          curve(alertPanel("NotificationsFailing", { description: "Notifications per second that a receiver refuses, by kind of receiver.", unit: "ops", legend: "{{integration}}", min: 0 }), 12),
        ],
      },
    ],
  });
}
