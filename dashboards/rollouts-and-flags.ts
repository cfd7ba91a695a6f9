import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import { alertPanel } from "./alert-panel.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number } from "./layout.ts";

const here = { namespace: "$namespace" } as const;

/** How far staged rollouts are and on what evidence, which flags are asked for, and whether every pod knows the newest. */
export function rolloutsAndFlags(): ClassicDashboard {
  return dashboard({
    uid: "forecast-flags",
    title: "Rollouts and flags",
    description: "How far staged rollouts are and on what evidence, which flags are asked for, what they answer and why, and whether every pod knows the newest.",
    owner: "platform",
    window: "6h",
    sections: [
      {
        title: "Do all pods agree?",
        panels: [
          number({ title: "Revisions in force", description: "Different sets of flags that pods answer by: 1 when all agree.", unit: "none", queries: [{ expr: `count(count by (revision) (${series("feature_flags_revision_info", here)}))`, legend: "revisions" }], limits: { good: "below", bad: 2 } }, 6),
          number(alertPanel("FlagsOutdated", { description: "Time since the pod that is furthest behind heard of the flags.", unit: "s", legend: "age" }), 6),
          number({ title: "Ignored values", description: "Values that were ignored within a day, because they are unknown or of the wrong type.", unit: "none", queries: [{ expr: `sum(increase(${series("feature_flag_problems_total", here)}[1d]))`, legend: "ignored" }], limits: { good: "below", bad: 1 } }, 6),
          number({ ...alertPanel("RolloutInvalid", { description: "Rollouts whose specification cannot be used: whom they expose stays exposed. None without a rollout.", unit: "none", legend: "{{rollout}}" }), emptyIsGood: true }, 6),
        ],
      },
      {
        title: "Staged rollouts",
        panels: [
          curve({ title: "Exposure", description: "Share of the keys that each rollout exposes to its variant. Empty without a rollout.", unit: "percent", min: 0, max: 100, queries: [{ expr: `max by (rollout, flag, variant) (${series("rollout_weight_percent", here)})`, legend: "{{rollout}}: {{flag}} {{variant}}" }], emptyIsGood: true }),
          curve({ title: "Verdicts of the gates", description: "Looks at the gates per minute, by their verdict: no data never counts as good. Empty without a rollout.", unit: "opm", min: 0, queries: [{ expr: `sum by (rollout, gate, verdict) (60 * rate(${series("rollout_looks_total", here)}[$__rate_interval])) > 0`, legend: "{{rollout}} {{gate}}: {{verdict}}" }], emptyIsGood: true }),
          curve({ title: "Samples behind a verdict", description: "Samples that the last look at each gate rested on, exposed and not. Empty without a rollout.", unit: "none", min: 0, queries: [{ expr: `max by (rollout, gate, side) (${series("rollout_samples", here)})`, legend: "{{rollout}} {{gate}}: {{side}}" }], emptyIsGood: true }),
          curve({ ...alertPanel("RolloutStuck", { description: "How soon each rollout goes back by itself unless a verdict comes; all of its time-out while it has one. Empty without a rollout.", unit: "s", legend: "{{rollout}}" }), emptyIsGood: true }),
          curve({ title: "Decisions", description: "Decisions of an hour: a step entered, all steps done, gone back, held. Empty without a controller.", unit: "none", min: 0, queries: [{ expr: `sum by (decision) (increase(${series("rollout_decisions_total", here)}[1h]))`, legend: "{{decision}}" }], emptyIsGood: true }),
          curve({ ...alertPanel("RolloutReturnStuck", { description: "1 while some pod does not report yet that a rollout has gone back. Empty without a rollout.", unit: "none", min: 0, max: 1, legend: "{{rollout}}" }), emptyIsGood: true }),
          curve({ title: "Rollouts gone back", description: "Rollouts that went back within an hour. Empty without a controller.", unit: "none", min: 0, queries: [{ expr: `sum by (namespace) (increase(${series("rollout_decisions_total", { ...here, decision: "go-back" })}[1h]))`, legend: "gone back" }], emptyIsGood: true }),
          curve({ title: "Controllers that lead", description: "Processes that hold the lease and lead every rollout: 1 is right.", unit: "none", min: 0, queries: [{ expr: `sum by (namespace) (${series("rollout_controller_leader", here)})`, legend: "leaders" }] }),
          curve({ title: "Time to go back", description: "From the verdict that takes a rollout back to the last pod that reports it: the slowest of a day. Empty while none went back.", unit: "s", min: 0, queries: [{ expr: `histogram_quantile(1, sum by (le) (increase(${buckets("rollout_return_duration_seconds", here)}[1d])))`, legend: "slowest" }], limits: { good: "below", bad: 5 }, emptyIsGood: true }),
        ],
      },
      {
        title: "What wants a hand",
        panels: [
          curve(alertPanel("FlagEntriesIgnored", { description: "Entries of each ConfigMap that are ignored now; the last good values hold in their place.", unit: "none", min: 0, legend: "{{map}}" }), 8),
          curve(alertPanel("FlagExpired", { description: "How long ago each flag should have been gone or renewed; below zero it has that long.", unit: "s", legend: "{{flag}}" }), 8),
          curve({ ...alertPanel("FlagSettled", { description: "How long everybody has had the same value by an override or a finished rollout. Empty where there is none.", unit: "s", min: 0, legend: "{{flag}}" }), emptyIsGood: true }, 8),
        ],
      },
      {
        title: "Answers",
        panels: [
          curve({ title: "Answers by flag and variant", description: "Evaluations per second: a staged rollout shows here as two variants of one flag.", unit: "ops", min: 0, queries: [{ expr: `sum by (flag, variant) (rate(${series("feature_flag_evaluations_total", here)}[$__rate_interval])) > 0`, legend: "{{flag}} {{variant}}" }], emptyIsGood: true }, 12),
          curve({ title: "Answers by reason", description: "Evaluations per second, by what decided them.", unit: "ops", min: 0, queries: [{ expr: `sum by (reason) (rate(${series("feature_flag_evaluations_total", here)}[$__rate_interval]))`, legend: "{{reason}}" }] }, 12),
          curve({ title: "Duration of requests", description: "What a change of a flag may do to readers: 95 of 100 requests take less.", unit: "s", min: 0, queries: [{ expr: `histogram_quantile(0.95, sum by (le) (rate(${buckets("http_request_duration_seconds", { ...here, job: "api" })}[$__rate_interval])))`, legend: "p95" }] }, 12),
          curve({ title: "MAPE of the newest run", description: "What a change of a flag may do to forecasts.", unit: "percent", min: 0, queries: [{ expr: `max(${series("forecast_accuracy_mape_percentage", here)})`, legend: "MAPE" }] }, 12),
        ],
      },
    ],
  });
}
