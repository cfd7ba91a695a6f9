import { RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";
import { type ClassicDashboard, classicDashboard } from "./classic-dashboard.ts";
import { frame } from "./layout.ts";
import { figure, graph } from "./panel.ts";

const here = { namespace: "$namespace" };
const api = { ...here, job: "api" };
const requests = series("http_requests_total", api);
const errors = series("http_requests_total", { ...api, status: { matches: "5.." } });
const rate = (selector: string): string => `rate(${selector}[$__rate_interval])`;
const hits = `sum(${rate(series("cache_hits_total", here))})`;
const misses = `sum(${rate(series("cache_misses_total", here))})`;

/** Is it well, is it fast, are the forecasts any good: what one looks at first. */
export function overview(): ClassicDashboard {
  return frame(classicDashboard("Overview"), "6h")
    .uid("forecast-overview")
    .description("Health of the forecasting system: is it well, is it fast, are the forecasts any good. Owner: platform")
    .tags(["forecast-stack", "owner:platform"])
    .withRow(new RowBuilder("Is it well?").gridPos({ x: 0, y: 0, w: 24, h: 1 }))
    .withPanel(
      figure(
        {
          title: "Health",
          description: "The worst status that a process reports: 2 healthy, 1 degraded, 0 unhealthy.",
          unit: "none",
          queries: [{ expr: `min(${series("inventory_forecasting_health_status", here)})`, legend: "worst" }],
          limits: { good: "above", warning: thresholds.healthyStatus, bad: 1 },
        },
        { x: 0, y: 1, w: 4, h: 5 },
      ),
    )
    .withPanel(
      figure(
        {
          title: "Pods that answer",
          description: "Pods of each role that Prometheus reaches.",
          unit: "none",
          queries: [{ expr: `sum by (job) (${series("up", { ...here, job: { matches: "api|worker" } })})`, legend: "{{job}}" }],
          limits: { good: "above", bad: 1 },
        },
        { x: 4, y: 1, w: 5, h: 5 },
      ),
    )
    .withPanel(
      figure(
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
        { x: 9, y: 1, w: 5, h: 5 },
      ),
    )
    .withPanel(
      figure(
        {
          title: "Newest forecast",
          description: "Time since the newest completed run ended. One is due every day.",
          unit: "s",
          queries: [{ expr: `time() - max(${series("forecast_run_last_completed_timestamp_seconds", here)})`, legend: "age" }],
          limits: { good: "below", warning: 25 * 3600, bad: 49 * 3600 },
        },
        { x: 14, y: 1, w: 5, h: 5 },
      ),
    )
    .withPanel(
      figure(
        {
          title: "MAPE",
          description: "Volume-weighted MAPE of the newest completed run, over the items where it is defined.",
          unit: "percent",
          queries: [{ expr: `max(${series("forecast_accuracy_mape_percentage", here)})`, legend: "MAPE" }],
          limits: { good: "below", warning: thresholds.mapeTargetPercent, bad: thresholds.mapeAlertPercent },
        },
        { x: 19, y: 1, w: 5, h: 5 },
      ),
    )
    .withRow(new RowBuilder("Is it fast?").gridPos({ x: 0, y: 6, w: 24, h: 1 }))
    .withPanel(
      graph(
        { title: "Requests", description: "Requests answered per second, by status.", unit: "reqps", min: 0, queries: [{ expr: `sum by (status) (${rate(requests)})`, legend: "{{status}}" }] },
        { x: 0, y: 7, w: 8, h: 8 },
      ),
    )
    .withPanel(
      graph(
        {
          title: "Server errors",
          description: "Share of requests answered with 5xx.",
          unit: "percentunit",
          min: 0,
          queries: [{ expr: `(sum(${rate(errors)}) or vector(0)) / sum(${rate(requests)})`, legend: "5xx" }],
          limits: { good: "below", bad: thresholds.errorRatio },
        },
        { x: 8, y: 7, w: 8, h: 8 },
      ),
    )
    .withPanel(
      graph(
        {
          title: "Latency",
          description: "Time to answer a request: half of them, 95 of 100, 99 of 100 are faster.",
          unit: "s",
          min: 0,
          queries: [0.5, 0.95, 0.99].map((quantile) => ({
            expr: `histogram_quantile(${quantile}, sum by (le) (${rate(buckets("http_request_duration_seconds", api))}))`,
            legend: `p${quantile * 100}`,
          })),
          limits: { good: "below", bad: thresholds.latencyP95TargetSeconds },
        },
        { x: 16, y: 7, w: 8, h: 8 },
      ),
    )
    .withPanel(
      graph(
        {
          title: "Memory",
          description: "Resident memory of each process as a share of what it may use.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: [{ expr: series("process_memory_used_ratio", here), legend: "{{pod}}" }],
          limits: { good: "below", bad: thresholds.memoryRatio },
        },
        { x: 0, y: 15, w: 8, h: 8 },
      ),
    )
    .withPanel(
      graph(
        {
          title: "Cache hits",
          description: "Reads answered from the cache, as a share of all.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: [{ expr: `${hits} / (${hits} + ${misses})`, legend: "hits" }],
          limits: { good: "above", bad: thresholds.cacheHitRatio },
        },
        { x: 8, y: 15, w: 8, h: 8 },
      ),
    )
    .withPanel(
      graph(
        { title: "Processor", description: "Processors in use by each pod.", unit: "none", min: 0, queries: [{ expr: `sum by (pod) (${rate(series("container_cpu_usage_seconds_total", { ...here, container: "", pod: { matchesNot: "" } }))})`, legend: "{{pod}}" }] },
        { x: 16, y: 15, w: 8, h: 8 },
      ),
    )
    .withRow(new RowBuilder("Do the forecasts come?").gridPos({ x: 0, y: 23, w: 24, h: 1 }))
    .withPanel(
      graph(
        { title: "Forecasts stored", description: "Item forecasts stored in the last five minutes, by model.", unit: "none", min: 0, queries: [{ expr: `sum by (model) (increase(${series("inventory_forecasts_total", here)}[5m]))`, legend: "{{model}}" }] },
        { x: 0, y: 24, w: 8, h: 8 },
      ),
    )
    .withPanel(
      graph(
        {
          title: "Oldest waiting job",
          description: "How long the oldest job that could start has been waiting, by queue.",
          unit: "s",
          min: 0,
          queries: [{ expr: `max by (queue) (${series("forecast_queue_oldest_job_age_seconds", here)})`, legend: "{{queue}}" }],
          limits: { good: "below", bad: thresholds.runDurationSeconds },
        },
        { x: 8, y: 24, w: 8, h: 8 },
      ),
    )
    .withPanel(
      graph(
        { title: "Restarts", description: "Container restarts in the last hour. None is good.", unit: "none", min: 0, queries: [{ expr: `sum by (pod) (increase(${series("kube_pod_container_status_restarts_total", here)}[1h])) > 0`, legend: "{{pod}}" }], emptyIsGood: true },
        { x: 16, y: 24, w: 8, h: 8 },
      ),
    )
    .build();
}
