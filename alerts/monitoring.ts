import { heartbeatAlert, type RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { panel } from "@forecast-stack/monitoring/panel-reference.ts";
import { series } from "@forecast-stack/monitoring/promql.ts";

const rejected = (["duplicate_timestamp", "out_of_bounds", "out_of_order"] as const).map((why) => `rate(${series(`prometheus_target_scrapes_sample_${why}_total`)}[10m])`).join(" + ");

/** Everything but the service itself, which has an alert of its own. */
const scraped = series("up", { job: { matchesNot: "api|worker" } });

/** Who watches the watchers: Prometheus, Alertmanager and everything that is scraped. */
export const monitoring: RuleGroup = {
  name: "monitoring",
  rules: [
    {
      alert: heartbeatAlert,
      value: "vector(1)",
      for: "0s",
      severity: "info",
      team: "platform",
      summary: "Monitoring is alive",
      description: "This alert always fires (value {{ $value }}). Where it stops arriving, Prometheus, Alertmanager or the way to here is down.",
      runbook: "monitoring.md#watchdog",
    },
    {
      alert: "TargetDown",
      value: `count by (namespace, job) (${scraped}) - sum by (namespace, job) (${scraped})`,
      breach: { over: 0 },
      for: "5m",
      severity: "warning",
      team: "platform",
      summary: "{{ $labels.job }} cannot be scraped",
      description: "{{ $value }} targets of {{ $labels.job }} do not answer Prometheus: what they tell is unknown.",
      runbook: "monitoring.md#targetdown",
      panel: panel("monitoring", "Targets"),
    },
    {
      alert: "ConfigReloadFailed",
      value: `min by (namespace, job) (${series("prometheus_config_last_reload_successful")} or ${series("alertmanager_config_last_reload_successful")})`,
      breach: { under: 1 },
      for: "5m",
      severity: "warning",
      team: "platform",
      summary: "{{ $labels.job }} runs on an old configuration",
      description: "The last configuration was taken: {{ $value }} (1 yes, 0 no).",
      runbook: "monitoring.md#configreloadfailed",
      panel: panel("monitoring", "Configuration taken"),
    },
    {
      alert: "RuleEvaluationFailing",
      value: `sum by (namespace, job) (rate(${series("prometheus_rule_evaluation_failures_total")}[10m]))`,
      breach: { over: 0 },
      for: "10m",
      severity: "critical",
      team: "platform",
      summary: "Prometheus cannot evaluate its rules",
      description: "{{ $value | humanize }} evaluations per second fail: alerts that should fire do not.",
      runbook: "monitoring.md#ruleevaluationfailing",
      panel: panel("monitoring", "Failed evaluations"),
    },
    {
      alert: "AlertmanagerUnreachable",
      value: `sum by (namespace) (rate(${series("prometheus_notifications_errors_total")}[5m])) or 1 - max by (namespace) (${series("prometheus_notifications_alertmanagers_discovered")})`,
      breach: { over: 0 },
      for: "5m",
      severity: "critical",
      team: "platform",
      summary: "Prometheus cannot hand its alerts over",
      description: "{{ $value | humanize }} notifications per second to Alertmanager fail, or it is not found: nobody is told of anything.",
      runbook: "monitoring.md#alertmanagerunreachable",
      panel: panel("monitoring", "Notifications that failed"),
    },
    {
      alert: "NotificationsFailing",
      value: `sum by (namespace, integration) (rate(${series("alertmanager_notifications_failed_total")}[10m]))`,
      breach: { over: 0 },
      for: "10m",
      severity: "critical",
      team: "platform",
      summary: "Notifications by {{ $labels.integration }} do not arrive",
      description: "{{ $value | humanize }} notifications per second by {{ $labels.integration }} fail.",
      runbook: "monitoring.md#notificationsfailing",
      panel: panel("monitoring", "Notifications refused by receivers"),
    },
    {
      alert: "SamplesLost",
      value: `sum by (namespace) (rate(${series("prometheus_tsdb_wal_writes_failed_total")}[10m]))`,
      breach: { over: 0 },
      for: "5m",
      severity: "critical",
      team: "platform",
      summary: "Prometheus cannot write to its volume",
      description: "{{ $value | humanize }} writes per second fail, probably because the volume is full: what is measured now is lost.",
      runbook: "monitoring.md#sampleslost",
      panel: panel("monitoring", "Failed writes"),
    },
    {
      alert: "SamplesRejected",
      value: `sum by (namespace) (${rejected})`,
      breach: { over: 0 },
      for: "15m",
      severity: "warning",
      team: "platform",
      summary: "Some target sends samples with wrong timestamps",
      description: "{{ $value | humanize }} samples per second are rejected because of their timestamps: what they would tell is unknown.",
      runbook: "monitoring.md#samplesrejected",
      panel: panel("monitoring", "Rejected samples"),
    },
  ],
};
