import type { RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { panel } from "@forecast-stack/monitoring/panel-reference.ts";
import { series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";
import { rollbackHint } from "./fragments.ts";

/** Do the forecasts come, and are they any good? Every pod of the api tells the same newest run. */
export const forecasting: RuleGroup = {
  name: "forecasting",
  rules: [
    {
      alert: "NoForecastsGenerated",
      // A day and an hour of grace: the schedule is daily.
      value: `sum by (namespace) (increase(${series("inventory_forecasts_total")}[25h]))`,
      breach: { under: 0.5 },
      // A stack that is younger than that has not missed anything.
      and: [{ value: `sum by (namespace) (${series("up", { job: "worker" })} offset 25h)`, breach: { over: 0 } }],
      for: "15m",
      severity: "warning",
      team: "forecasting",
      summary: "No forecasts were generated since yesterday",
      description: "{{ $value | humanize }} item forecasts were stored within 25 hours; a run is due every day.",
      runbook: "forecasting.md#noforecastsgenerated",
      panel: panel("forecasting", "Forecasts stored in a day"),
    },
    {
      alert: "HighForecastError",
      value: `max by (namespace) (${series("forecast_accuracy_mape_percentage")})`,
      breach: { over: thresholds.mapeAlertPercent },
      for: "1h",
      severity: "warning",
      team: "forecasting",
      summary: "Forecasts are far from what was sold",
      description: `The average MAPE of the newest run is {{ $value | printf "%.1f" }}% (threshold ${thresholds.mapeAlertPercent}%).`,
      runbook: "forecasting.md#highforecasterror",
      panel: panel("forecasting", "MAPE"),
    },
    {
      alert: "TooManyHighVarianceItems",
      value: `max by (namespace) (${series("forecast_high_variance_items")})`,
      breach: { over: thresholds.highVarianceItems },
      for: "15m",
      severity: "warning",
      team: "forecasting",
      summary: "Too many items are forecast badly",
      description: `{{ $value | humanize }} items of the newest run have a MAPE far above the target (threshold ${thresholds.highVarianceItems} items).`,
      runbook: "forecasting.md#toomanyhighvarianceitems",
      panel: panel("forecasting", "Items of high variance"),
    },
    {
      alert: "RunsAboveMapeTarget",
      value: `sum by (namespace) (increase(${series("forecast_runs_above_target_total")}[48h]))`,
      // An increase is estimated: half a run more than the allowed ones is one too many.
      breach: { over: thresholds.runsAboveTarget + 0.5 },
      for: "5m",
      severity: "critical",
      team: "forecasting",
      summary: "Run after run misses the MAPE target",
      description: `{{ $value | printf "%.0f" }} runs of the last 48 hours were above the MAPE target (threshold ${thresholds.runsAboveTarget} runs). ${rollbackHint}`,
      runbook: "forecasting.md#runsabovemapetarget",
      panel: panel("forecasting", "Runs above the MAPE target"),
    },
    {
      alert: "ForecastRunFailed",
      value: `sum by (namespace) (increase(${series("forecast_runs_total", { outcome: "failed" })}[1h]))`,
      breach: { over: 0.5 },
      for: "1m",
      severity: "warning",
      team: "forecasting",
      summary: "A forecast run failed",
      description: `{{ $value | printf "%.0f" }} forecast runs failed within the last hour; the forecasts of the run before are served.`,
      runbook: "forecasting.md#forecastrunfailed",
      panel: panel("forecasting", "Failed runs"),
    },
    {
      alert: "ForecastQueueOld",
      value: `max by (namespace, queue) (${series("forecast_queue_oldest_job_age_seconds")})`,
      breach: { over: thresholds.queueAgeSeconds },
      for: "5m",
      severity: "warning",
      team: "forecasting",
      summary: "Jobs wait in the queue {{ $labels.queue }}",
      description: `The oldest job of {{ $labels.queue }} that could start has been waiting for {{ $value | humanizeDuration }} (threshold ${thresholds.queueAgeSeconds / 60}m).`,
      runbook: "forecasting.md#forecastqueueold",
      panel: panel("forecasting", "Oldest waiting job"),
    },
    {
      alert: "ForecastRunStalled",
      value: `sum by (namespace) (increase(${series("forecast_batches_total", { outcome: "completed" })}[10m]))`,
      breach: { under: 0.5 },
      and: [{ value: `max by (namespace) (${series("forecast_queue_jobs", { queue: "forecast-batch" })})`, breach: { over: 0 } }],
      for: "5m",
      severity: "critical",
      team: "forecasting",
      summary: "A forecast run does not move",
      description: "There are batches to do, and {{ $value | humanize }} batches were completed within 10 minutes.",
      runbook: "forecasting.md#forecastrunstalled",
      panel: panel("forecasting", "Batches completed"),
    },
  ],
};
