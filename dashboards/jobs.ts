import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";
import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";
import { alertPanel } from "./alert-panel.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number } from "./layout.ts";

const here = { namespace: "$namespace" } as const;
const worker = { ...here, job: "worker" } as const;

/** The queue in Postgres, the workers that empty it, and what else is done at set times. */
export function jobs(): ClassicDashboard {
  return dashboard({
    uid: dashboardUids.jobs,
    title: "Jobs and workers",
    description: "The queue in Postgres, the workers that empty it, and what else is done at set times.",
    owner: "forecasting",
    window: "6h",
    sections: [
      {
        title: "Is the queue emptied?",
        panels: [
          curve(alertPanel("ForecastQueueOld", { description: "How long the oldest job that could start has been waiting, by queue.", unit: "s", legend: "{{queue}}", min: 0 })),
          curve({ title: "Jobs", description: "Unfinished jobs of each queue.", unit: "none", min: 0, queries: [{ expr: `max by (queue, state) (${series("forecast_queue_jobs", here)})`, legend: "{{queue}} {{state}}" }] }),
          curve(alertPanel("ForecastRunStalled", { description: "Batches stored within ten minutes.", unit: "none", legend: "batches", min: 0 })),
        ],
      },
      {
        title: "Do the workers work?",
        panels: [
          number({ title: "Workers that answer", description: "Workers that Prometheus reaches.", unit: "none", queries: [{ expr: `sum(${series("up", worker)})`, legend: "workers" }], limits: { good: "above", bad: 1 } }, 6),
          number({ title: "Batches of a day", description: "Batches stored within a day, by all workers.", unit: "none", queries: [{ expr: `sum(increase(${series("forecast_batches_total", { ...here, outcome: "completed" })}[1d]))`, legend: "batches" }] }, 6),
          number({ title: "Failed batches", description: "Batches of a day that failed and were given back to the queue.", unit: "none", queries: [{ expr: `sum(increase(${series("forecast_batches_total", { ...here, outcome: "failed" })}[1d]))`, legend: "failed" }], limits: { good: "below", bad: 0.5 } }, 6),
          number({ title: "Repeated batches", description: "Batches of a day that another worker had stored already, and that were not stored again.", unit: "none", queries: [{ expr: `sum(increase(${series("forecast_batches_total", { ...here, outcome: "repeated" })}[1d]))`, legend: "repeated" }] }, 6),
          curve({ title: "Batches by worker", description: "Batches stored per minute by each worker: who does the work.", unit: "opm", min: 0, queries: [{ expr: `sum by (pod) (60 * rate(${series("forecast_batches_total", { ...here, outcome: "completed" })}[$__rate_interval]))`, legend: "{{pod}}" }] }),
          curve({ title: "Memory of the workers", description: "Resident memory of each worker as a share of what it may use.", unit: "percentunit", min: 0, max: 1, queries: [{ expr: `max by (pod) (${series("process_memory_used_ratio", worker)})`, legend: "{{pod}}" }], limits: { good: "below", bad: thresholds.memoryRatio } }),
          curve({ title: "Processor of the workers", description: "Processors in use by each worker.", unit: "none", min: 0, queries: [{ expr: `sum by (pod) (rate(${series("process_cpu_seconds_total", worker)}[$__rate_interval]))`, legend: "{{pod}}" }] }),
          curve({
            title: "Duration of a batch by worker",
            description: "95 of 100 batches of an hour take less. Empty while no run went on.",
            unit: "s",
            min: 0,
            queries: [{ expr: `histogram_quantile(0.95, sum by (pod, le) (increase(${buckets("forecast_batch_duration_seconds", here)}[1h])))`, legend: "{{pod}}" }],
            emptyIsGood: true,
          }, 12),
          curve({
            title: "The watchdog",
            description: "Runs and schedules that the watchdog found at a standstill, and those that it set going again, within a day.",
            unit: "none",
            min: 0,
            queries: [
              { expr: `sum by (kind) (increase(${series("forecast_watchdog_findings_total", here)}[1d]))`, legend: "found: {{kind}}" },
              { expr: `sum by (kind) (increase(${series("forecast_watchdog_interventions_total", here)}[1d]))`, legend: "mended: {{kind}}" },
            ],
          }, 12),
        ],
      },
      {
        title: "What else is done?",
        panels: [
          curve({ title: "Rows imported", description: "Rows of CSV imports of an hour, by what became of them. Empty while nobody imports.", unit: "none", min: 0, queries: [{ expr: `sum by (kind, outcome) (increase(${series("import_rows_total", here)}[1h])) > 0`, legend: "{{kind}} {{outcome}}" }], emptyIsGood: true }),
          curve({ title: "Checks of the health job", description: "What each check found last: 2 healthy, 1 degraded, 0 unhealthy.", unit: "none", min: 0, max: 2, queries: [{ expr: `min by (check) (${series("health_check_status", here)})`, legend: "{{check}}" }], limits: { good: "above", bad: thresholds.healthyStatus } }),
          curve({ title: "Daily reports", description: "Reports mailed within a day, one per tenant, and those that could not be.", unit: "none", min: 0, queries: [{ expr: `sum by (outcome) (increase(${series("daily_reports_total", here)}[1d]))`, legend: "{{outcome}}" }] }),
        ],
      },
    ],
  });
}
