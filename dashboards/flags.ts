import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number } from "./layout.ts";

const here = { namespace: "$namespace" } as const;

/** Which flags are asked for, what they answer and why, and whether every pod knows the newest. */
export function flags(): ClassicDashboard {
  return dashboard({
    uid: "forecast-flags",
    title: "Feature flags",
    description: "Which flags are asked for, what they answer and why, and whether every pod knows the newest.",
    owner: "platform",
    window: "6h",
    sections: [
      {
        title: "Do all pods agree?",
        panels: [
          number({ title: "Revisions in force", description: "Different sets of flags that pods answer by: 1 when all agree.", unit: "none", queries: [{ expr: `count(count by (revision) (${series("feature_flags_revision_info", here)}))`, legend: "revisions" }], limits: { good: "below", bad: 2 } }, 6),
          number({ title: "Oldest knowledge", description: "Time since the pod that is furthest behind heard of the flags.", unit: "s", queries: [{ expr: `max(${series("feature_flags_age_seconds", here)})`, legend: "age" }] }, 6),
          number({ title: "Ignored values", description: "Values that were ignored within a day, because they are unknown or of the wrong type.", unit: "none", queries: [{ expr: `sum(increase(${series("feature_flag_problems_total", here)}[1d]))`, legend: "ignored" }], limits: { good: "below", bad: 1 } }, 6),
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
