import type { RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { panel } from "@forecast-stack/monitoring/panel-reference.ts";
import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";
import { apiRequests, rollbackHint } from "./fragments.ts";

/** Namespaces in which any part of a stack is scraped. */
const stacks = `max by (namespace) (${series("up", { job: { matches: "api|worker|rollout-controller|postgres-exporter" } })})`;

/** Pods exist and none answers, or none exists: 0 either way, of the stack that it is about as long as anything of it is known. */
const answering = (job: "api" | "worker"): string =>
  `(sum by (namespace, job) (${series("up", { job })}) or on (namespace) label_replace(0 * ${stacks}, "job", "${job}", "", "") or on (job) 0 * absent(${series("up", { job })}))`;

const hits = `sum by (namespace) (rate(${series("cache_hits_total")}[15m]))`;
const misses = `sum by (namespace) (rate(${series("cache_misses_total")}[15m]))`;

/** 1 while some pod of the API answers, 0 while none does or none is known: recorded, because two days of it are read. */
const someApiUp = "service:api_up";

/** Internal errors of an hour. A series that appears within it began with its first error, which is no increase. */
const failed = series("http_requests_total", { job: "api", status: "500" });
const risen = `sum by (namespace) (increase(${failed}[1h]))`;
const begun = `sum by (namespace) (min_over_time(${failed}[1h]) unless ${failed} offset 1h)`;

/** Is the service there, well, and within its means? */
export const service: RuleGroup = {
  name: "service",
  records: [{ record: someApiUp, expr: `max by (namespace) (${series("up", { job: "api" })}) or 0 * max by (namespace) (${series("up", { job: { matches: "worker|postgres-exporter" } })})` }],
  rules: [
    {
      alert: "ServiceDown",
      value: `${answering("api")} or ${answering("worker")}`,
      breach: { under: 1 },
      for: "2m",
      severity: "critical",
      team: "platform",
      summary: "No pod of the {{ $labels.job }} answers",
      description: "Prometheus has reached {{ $value | humanize }} pods of the {{ $labels.job }} (0, or none known) for 2 minutes.",
      runbook: "service.md#servicedown",
      panel: panel("service", "Pods that answer"),
    },
    {
      alert: "ForecastingSystemUnhealthy",
      value: `min by (namespace, job) (${series("inventory_forecasting_health_status")})`,
      breach: { under: thresholds.healthyStatus },
      for: "5m",
      severity: "critical",
      team: "platform",
      summary: "The {{ $labels.job }} of the forecasting system is unhealthy",
      description: "The worst health status of the {{ $labels.job }} is {{ $value }} (2 healthy, 1 degraded, 0 unhealthy) for 5 minutes.",
      runbook: "service.md#forecastingsystemunhealthy",
      panel: panel("service", "Health"),
    },
    {
      alert: "ServiceMemoryHigh",
      value: `max by (namespace, job, pod) (${series("process_memory_used_ratio")})`,
      breach: { over: thresholds.memoryRatio },
      for: "10m",
      severity: "warning",
      team: "platform",
      summary: "{{ $labels.pod }} is short of memory",
      description: `{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory (threshold ${thresholds.memoryRatio * 100}%). ${rollbackHint}`,
      runbook: "service.md#servicememoryhigh",
      panel: panel("service", "Memory"),
    },
    {
      alert: "EventLoopLagHigh",
      value: `histogram_quantile(0.99, sum by (namespace, job, pod, le) (rate(${buckets("nodejs_event_loop_lag_seconds")}[5m])))`,
      breach: { over: thresholds.eventLoopLagSeconds },
      for: "10m",
      severity: "warning",
      team: "platform",
      summary: "{{ $labels.pod }} answers late because it computes",
      description: `99 of 100 turns of the event loop of {{ $labels.pod }} start within {{ $value | humanizeDuration }} (threshold ${thresholds.eventLoopLagSeconds}s).`,
      runbook: "service.md#eventlooplaghigh",
      panel: panel("service", "Event loop lag"),
    },
    {
      alert: "CacheHitRateLow",
      value: `${hits} / (${hits} + ${misses})`,
      breach: { under: thresholds.cacheHitRollbackRatio },
      and: [{ value: `${hits} + ${misses}`, breach: { over: thresholds.leastCacheReadsPerSecond } }],
      for: "30m",
      severity: "warning",
      team: "platform",
      summary: "The cache hardly helps",
      description: `{{ $value | humanizePercentage }} of the reads are answered from the cache (threshold ${thresholds.cacheHitRollbackRatio * 100}%). ${rollbackHint}`,
      runbook: "service.md#cachehitratelow",
      panel: panel("cache", "Cache hits"),
    },
    {
      alert: "ApiLatencyP99High",
      value: `histogram_quantile(0.99, sum by (namespace, le) (rate(${buckets("http_request_duration_seconds", { job: "api", method: "GET", route: { matches: "/api/(items|inventory|forecasts)" } })}[15m])))`,
      breach: { over: thresholds.latencyP99RollbackSeconds },
      and: [{ value: apiRequests("15m"), breach: { over: thresholds.leastRequestsPerSecond } }],
      for: "15m",
      severity: "warning",
      team: "platform",
      summary: "Some reads of cached routes are slow",
      description: `99 of 100 reads of cached routes are answered within {{ $value | humanizeDuration }} (threshold ${thresholds.latencyP99RollbackSeconds * 1_000}ms). ${rollbackHint}`,
      runbook: "service.md#apilatencyp99high",
      panel: panel("service", "Latency of cached routes"),
    },
    {
      alert: "UptimeLow",
      value: `avg_over_time(${someApiUp}[2d])`,
      breach: { under: thresholds.uptimeRatio },
      for: "5m",
      severity: "critical",
      team: "platform",
      summary: "The API was away too often",
      description: `Some pod of the API answered for {{ $value | humanizePercentage }} of the last two days (threshold ${thresholds.uptimeRatio * 100}%). ${rollbackHint}`,
      runbook: "service.md#uptimelow",
      panel: panel("service", "Uptime"),
    },
    {
      alert: "CriticalErrorsAfterRelease",
      value: `(${risen} + ${begun}) or ${risen} or ${begun}`,
      breach: { over: 0.5 },
      // Two days after a release: later ones are the error budget's business.
      and: [{ value: `time() - max by (namespace) (${series("process_start_time_seconds", { job: "api" })})`, breach: { under: 172_800 } }],
      for: "1m",
      severity: "critical",
      team: "platform",
      summary: "The new release answers with internal errors",
      description: `{{ $value | printf "%.0f" }} requests of the last hour were answered with 500, within two days of the start of this version. ${rollbackHint}`,
      runbook: "service.md#criticalerrorsafterrelease",
      panel: panel("service", "Internal errors"),
    },
  ],
};
