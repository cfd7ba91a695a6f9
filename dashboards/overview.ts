import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";
import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number } from "./layout.ts";

const here = { namespace: "$namespace" } as const;
const api = { ...here, job: "api" } as const;
const perSecond = (selector: string): string => `rate(${selector}[$__rate_interval])`;
const requests = perSecond(series("http_requests_total", api));
const errors = perSecond(series("http_requests_total", { ...api, status: { matches: "5.." } }));
const hits = `sum(${perSecond(series("cache_hits_total", here))})`;
const misses = `sum(${perSecond(series("cache_misses_total", here))})`;

/** Is it well, is it fast, are the forecasts any good, what changed: what one looks at first. */
export function overview(): ClassicDashboard {
  return dashboard({
    uid: dashboardUids.overview,
    title: "Overview",
    description: "Health of the forecasting system: is it well, is it fast, are the forecasts any good, what changed.",
    owner: "platform",
    window: "6h",
    sections: [
      {
        title: "Is it well?",
        panels: [
          number({ title: "Health", description: "The worst status that a process reports: 2 healthy, 1 degraded, 0 unhealthy.", unit: "none", queries: [{ expr: `min(${series("inventory_forecasting_health_status", here)})`, legend: "worst" }], limits: { good: "above", warning: thresholds.healthyStatus, bad: 1 } }),
          number({ title: "Pods that answer", description: "Pods of each role that Prometheus reaches.", unit: "none", queries: [{ expr: `sum by (job) (${series("up", { ...here, job: { matches: "api|worker" } })})`, legend: "{{job}}" }], limits: { good: "above", bad: 1 } }, 5),
          number(
            {
              title: "Database and cache",
              description: "1 while the exporter reaches Postgres or Redis, 0 while it does not.",
              unit: "none",
              queries: [
                { expr: `min(${series("pg_up", here)})`, legend: "Postgres" },
                { expr: `min(${series("redis_up", here)})`, legend: "Redis" },
              ],
              limits: { good: "above", bad: 1 },
            },
            5,
          ),
          number({ title: "Newest forecast", description: "Time since the newest completed run ended. One is due every day.", unit: "s", queries: [{ expr: `time() - max(${series("forecast_run_last_completed_timestamp_seconds", here)})`, legend: "age" }], limits: { good: "below", warning: 25 * 3600, bad: 49 * 3600 } }, 5),
          number({ title: "MAPE", description: "Volume-weighted MAPE of the newest completed run, over the items where it is defined.", unit: "percent", queries: [{ expr: `max(${series("forecast_accuracy_mape_percentage", here)})`, legend: "MAPE" }], limits: { good: "below", warning: thresholds.mapeTargetPercent, bad: thresholds.mapeAlertPercent } }, 5),
        ],
      },
      {
        title: "Is it fast?",
        panels: [
          curve({ title: "Requests", description: "Requests answered per second, by status.", unit: "reqps", min: 0, queries: [{ expr: `sum by (status) (${requests})`, legend: "{{status}}" }] }),
          curve({ title: "Errors", description: "Share of requests answered with 5xx.", unit: "percentunit", min: 0, queries: [{ expr: `(sum(${errors}) or vector(0)) / sum(${requests})`, legend: "errors" }], limits: { good: "below", bad: thresholds.errorRatio } }),
          curve({ title: "Duration", description: "Time within which half, 95 and 99 of 100 requests are answered.", unit: "s", min: 0, queries: [0.5, 0.95, 0.99].map((quantile) => ({ expr: `histogram_quantile(${quantile}, sum by (le) (${perSecond(buckets("http_request_duration_seconds", api))}))`, legend: `p${quantile * 100}` })), limits: { good: "below", bad: thresholds.latencyP95TargetSeconds } }),
          curve({ title: "Memory", description: "Resident memory of each process as a share of what it may use.", unit: "percentunit", min: 0, max: 1, queries: [{ expr: `max by (pod) (${series("process_memory_used_ratio", here)})`, legend: "{{pod}}" }], limits: { good: "below", bad: thresholds.memoryRatio } }),
          curve({ title: "Cache hits", description: "Reads answered from the cache, as a share of all.", unit: "percentunit", min: 0, max: 1, queries: [{ expr: `${hits} / (${hits} + ${misses})`, legend: "hits" }], limits: { good: "above", bad: thresholds.cacheHitRatio } }),
          curve({ title: "Processor", description: "Processors in use by each pod.", unit: "none", min: 0, queries: [{ expr: `sum by (pod) (${perSecond(series("container_cpu_usage_seconds_total", { ...here, container: "", pod: { matchesNot: "" } }))})`, legend: "{{pod}}" }] }),
        ],
      },
      {
        title: "Do the forecasts come?",
        panels: [
          curve({ title: "Forecasts stored", description: "Item forecasts stored in the last five minutes, by model.", unit: "none", min: 0, queries: [{ expr: `sum by (model) (increase(${series("inventory_forecasts_total", here)}[5m]))`, legend: "{{model}}" }] }),
          curve({ title: "Oldest waiting job", description: "How long the oldest job that could start has been waiting, by queue.", unit: "s", min: 0, queries: [{ expr: `max by (queue) (${series("forecast_queue_oldest_job_age_seconds", here)})`, legend: "{{queue}}" }], limits: { good: "below", bad: thresholds.queueAgeSeconds } }),
          curve({ title: "Restarts", description: "Container restarts in the last hour. None is good.", unit: "none", min: 0, queries: [{ expr: `sum by (pod) (increase(${series("kube_pod_container_status_restarts_total", here)}[1h])) > 0`, legend: "{{pod}}" }], emptyIsGood: true }),
        ],
      },
      {
        title: "What changed?",
        panels: [
          curve({ title: "Pods by version", description: "Processes of each role and version that run: a release shows as one replacing the other.", unit: "none", min: 0, queries: [{ expr: `count by (role, version) (${series("forecast_service_info", here)})`, legend: "{{role}} {{version}}" }] }),
          curve({ title: "Age of the processes", description: "Time since each process started: a release, or a restart, begins at 0.", unit: "s", min: 0, queries: [{ expr: `time() - max by (pod) (${series("process_start_time_seconds", { ...here, job: { matches: "api|worker" } })})`, legend: "{{pod}}" }] }),
          curve({ title: "Pods by revision of the flags", description: "Processes that answer by each revision of the flags: a change shows as one replacing the other.", unit: "none", min: 0, queries: [{ expr: `count by (revision) (${series("feature_flags_revision_info", here)})`, legend: "{{revision}}" }] }),
        ],
      },
    ],
  });
}
