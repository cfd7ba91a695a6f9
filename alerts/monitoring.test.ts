import { threshold } from "./test-support/alert-case.ts";
import { describeAlerts } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";
import { monitoring } from "./monitoring.ts";

const namespace = "forecast-dev";
const prometheus = { namespace, job: "prometheus" };

describeAlerts(monitoring, {
  Watchdog: () => [{ behaviour: "fires from the first evaluation on", step: 1, series: {}, silent: [], fires: [{ at: 0, labels: {}, description: "This alert always fires (value 1). Where it stops arriving, Prometheus, Alertmanager or the way to here is down." }] }],
  NothingMeasured: () => [
    {
      behaviour: "fires when nothing has been scraped for more than five minutes, and ends with the next sample",
      step: 1,
      series: { [live("up", { job: "prometheus" })]: "1x10 _x15 1x5" },
      silent: [10, 15, 28],
      fires: [{ at: 20, labels: {}, description: "Prometheus has had no value of anything for more than five minutes (absent: 1): its volume is full, or it finds no targets. No other alert can be relied on." }],
    },
    { behaviour: "stays silent while anything is scraped, be it down", step: 1, series: { [live("up", { job: "api" })]: "0x30" }, silent: [28], fires: [] },
  ],
  TargetDown: (rule) => [
    threshold(rule, {
      behaviour: "fires for one target that does not answer beside one that does",
      series: [[live("up", { job: "kubelet-cadvisor", instance: "10.208.0.1:20250" }), [1, 0]], [live("up", { job: "kubelet-cadvisor", instance: "10.208.0.2:20250" }), [1, 1]]],
      labels: { job: "kubelet-cadvisor" },
      description: "1 targets of kubelet-cadvisor do not answer Prometheus: what they tell is unknown.",
    }),
  ],
  ConfigReloadFailed: (rule) => [
    threshold(rule, { behaviour: "fires when Prometheus refuses a configuration", series: [[live("prometheus_config_last_reload_successful"), [1, 0]]], labels: prometheus, description: "The last configuration was taken: 0 (1 yes, 0 no)." }),
    threshold(rule, { behaviour: "fires when Alertmanager refuses a configuration", series: [[live("alertmanager_config_last_reload_successful"), [1, 0]]], labels: { namespace, job: "alertmanager" }, description: "The last configuration was taken: 0 (1 yes, 0 no)." }),
  ],
  RuleEvaluationFailing: (rule) => [
    threshold(rule, { behaviour: "fires while evaluations fail", series: [[live("prometheus_rule_evaluation_failures_total"), { perMinute: [0, 6] }]], labels: prometheus, description: "100m evaluations per second fail: alerts that should fire do not.", window: 10 }),
  ],
  AlertmanagerUnreachable: (rule) => [
    threshold(rule, { behaviour: "fires while notifications cannot be handed over", series: [[live("prometheus_notifications_errors_total"), { perMinute: [0, 6] }]], labels: { namespace }, description: "100m notifications per second to Alertmanager fail, or it is not found: nobody is told of anything.", window: 5 }),
    threshold(rule, { behaviour: "fires when no Alertmanager is found", series: [[live("prometheus_notifications_alertmanagers_discovered"), [1, 0]]], labels: { namespace }, description: "1 notifications per second to Alertmanager fail, or it is not found: nobody is told of anything." }),
  ],
  NotificationsFailing: (rule) => [
    threshold(rule, { behaviour: "fires while a receiver refuses notifications", series: [[live("alertmanager_notifications_failed_total", { integration: "webhook" }), { perMinute: [0, 6] }]], labels: { namespace, integration: "webhook" }, description: "100m notifications per second by webhook fail.", window: 10 }),
  ],
  SamplesLost: (rule) => [
    threshold(rule, { behaviour: "fires while the volume takes no more samples", series: [[live("prometheus_tsdb_wal_writes_failed_total"), { perMinute: [0, 6] }]], labels: { namespace }, description: "100m writes per second fail, probably because the volume is full: what is measured now is lost.", window: 10 }),
  ],
  SamplesRejected: (rule) => [
    threshold(rule, {
      behaviour: "fires while samples come with wrong timestamps",
      series: [
        [live("prometheus_target_scrapes_sample_duplicate_timestamp_total"), { perMinute: [0, 0] }],
        [live("prometheus_target_scrapes_sample_out_of_bounds_total"), { perMinute: [0, 6] }],
        [live("prometheus_target_scrapes_sample_out_of_order_total"), { perMinute: [0, 0] }],
      ],
      labels: { namespace },
      description: "100m samples per second are rejected because of their timestamps: what they would tell is unknown.",
      window: 10,
    }),
  ],
});
