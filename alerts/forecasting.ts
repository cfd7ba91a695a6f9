import type { RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";

const { healthyStatus, mapeAlertPercent, errorRatio, leastRequestsPerSecond } = thresholds;

const requests = `sum by (namespace) (rate(${series("http_requests_total", { job: "api" })}[5m]))`;
const serverErrors = `sum by (namespace) (rate(${series("http_requests_total", { job: "api", status: { matches: "5.." } })}[5m]))`;

/** Pods exist and none answers, or none exists: 0 either way. */
const gone = (job: "api" | "worker"): string => `sum by (namespace, job) (${series("up", { job })}) == 0 or absent(${series("up", { job })}) * 0`;

/** Is the forecasting service there, well, and any good? */
export const forecasting: RuleGroup = {
  name: "forecasting",
  rules: [
    {
      alert: "ServiceDown",
      expr: `${gone("api")} or ${gone("worker")}`,
      for: "2m",
      severity: "critical",
      summary: "No pod of the {{ $labels.job }} answers",
      description: "Prometheus has reached {{ $value | humanize }} pods of the {{ $labels.job }} (0, or none known) for 2 minutes.",
      runbook: "forecasting.md#servicedown",
    },
    {
      alert: "ForecastingSystemUnhealthy",
      expr: `min by (namespace, job) (${series("inventory_forecasting_health_status")}) < ${healthyStatus}`,
      for: "5m",
      severity: "critical",
      summary: "The {{ $labels.job }} of the forecasting system is unhealthy",
      description: "The worst health status of the {{ $labels.job }} is {{ $value }} (2 healthy, 1 degraded, 0 unhealthy) for 5 minutes.",
      runbook: "forecasting.md#forecastingsystemunhealthy",
    },
    {
      alert: "HighForecastError",
      // Every pod of the api tells the same newest run.
      expr: `max by (namespace) (${series("forecast_accuracy_mape_percentage")}) > ${mapeAlertPercent}`,
      for: "1h",
      severity: "warning",
      summary: "Forecasts are far from what was sold",
      description: `The average MAPE of the newest run is {{ $value | printf "%.1f" }}% (threshold ${mapeAlertPercent}%).`,
      runbook: "forecasting.md#highforecasterror",
    },
    {
      alert: "HighServerErrorRate",
      expr: `(${serverErrors} / ${requests}) > ${errorRatio} and ${requests} > ${leastRequestsPerSecond}`,
      for: "5m",
      severity: "critical",
      summary: "The API answers with server errors",
      description: `{{ $value | humanizePercentage }} of the requests of the last 5 minutes were answered with 5xx (threshold ${errorRatio * 100}%).`,
      runbook: "forecasting.md#highservererrorrate",
    },
  ],
};
