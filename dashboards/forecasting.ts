import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";
import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";
import { alertPanel } from "./alert-panel.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number } from "./layout.ts";

const here = { namespace: "$namespace" } as const;
const chosen = { ...here, tenant: { matches: "$tenant" }, facility: { matches: "$facility" } } as const;

/** Runs, batches and queues, and whether the forecasts are any good. */
export function forecasting(): ClassicDashboard {
  return dashboard({
    uid: dashboardUids.forecasting,
    title: "Forecasting",
    description: "Runs, their batches and queues, and whether the forecasts are any good.",
    owner: "forecasting",
    window: "24h",
    choices: [
      { name: "tenant", label: "Tenant", of: series("forecast_facility_items", here) },
      { name: "facility", label: "Facility", of: series("forecast_facility_items", { ...here, tenant: chosen.tenant }) },
    ],
    sections: [
      {
        title: "Are they good?",
        panels: [
          number(alertPanel("HighForecastError", { description: "Volume-weighted MAPE of the newest completed run, over the items where it is defined.", unit: "percent", legend: "MAPE" })),
          number({ title: "WAPE", description: "Sum of all errors of the newest completed run, in percent of what was asked for.", unit: "percent", queries: [{ expr: `max(${series("forecast_accuracy_wape_percentage", here)})`, legend: "WAPE" }] }),
          number({ title: "MASE of intermittent items", description: "Median over the items that MAPE cannot judge; 1 is the naive forecast.", unit: "none", queries: [{ expr: `max(${series("forecast_accuracy_mase_ratio", here)})`, legend: "MASE" }], limits: { good: "below", bad: thresholds.maseTarget }, emptyIsGood: true }),
          number(alertPanel("TooManyHighVarianceItems", { description: "Items of the newest completed run whose MAPE is far above the threshold.", unit: "none", legend: "items" })),
          number({ title: "Items without MAPE", description: "Items of the newest completed run that sold nothing in the back-test, or are too new for one.", unit: "none", queries: [{ expr: `max(${series("forecast_accuracy_undefined_items", here)})`, legend: "items" }] }),
          number(alertPanel("RunsAboveMapeTarget", { description: "Runs of the last 48 hours whose MAPE was above the target.", unit: "none", legend: "runs" })),
          curve({
            title: "Accuracy of the newest run",
            description: "MAPE and WAPE of the newest completed run, over time.",
            unit: "percent",
            min: 0,
            queries: [
              { expr: `max(${series("forecast_accuracy_mape_percentage", here)})`, legend: "MAPE" },
              { expr: `max(${series("forecast_accuracy_wape_percentage", here)})`, legend: "WAPE" },
            ],
            limits: { good: "below", bad: thresholds.mapeTargetPercent },
          }, 12),
          curve({ title: "Forecasts by model", description: "Item forecasts stored per hour, by the model that made them.", unit: "none", min: 0, queries: [{ expr: `sum by (model) (increase(${series("inventory_forecasts_total", here)}[1h])) > 0`, legend: "{{model}}" }], emptyIsGood: true }, 12),
          curve({ title: "WAPE by model", description: "Sum of all errors of the newest completed run, in percent of what was asked for, over the items of each model.", unit: "percent", min: 0, queries: [{ expr: `max by (model) (${series("forecast_model_wape_percentage", here)})`, legend: "{{model}}" }] }),
          curve({ title: "Items by model", description: "Items of the newest completed run that each model forecasts.", unit: "none", min: 0, queries: [{ expr: `max by (model) (${series("forecast_model_items", here)})`, legend: "{{model}}" }] }),
          curve({
            title: "The hybrid variant and what is served",
            description: "MAPE of the newest completed run as it is served, and as the models for intermittent demand would have it: they part where the hybrid variant was taken back.",
            unit: "percent",
            min: 0,
            queries: [
              { expr: `max(${series("forecast_accuracy_mape_percentage", here)})`, legend: "served" },
              { expr: `max(${series("forecast_hybrid_mape_percentage", here)})`, legend: "hybrid" },
            ],
            limits: { good: "below", bad: thresholds.mapeTargetPercent },
          }),
        ],
      },
      {
        title: "Whose are good?",
        panels: [
          curve({ title: "MAPE by facility", description: "Volume-weighted MAPE of the newest completed run over the items of each facility that is chosen above.", unit: "percent", min: 0, queries: [{ expr: `max by (tenant, facility) (${series("forecast_facility_mape_percentage", chosen)})`, legend: "{{tenant}} {{facility}}" }], limits: { good: "below", bad: thresholds.mapeTargetPercent } }, 12),
          curve({ title: "WAPE by facility", description: "Sum of all errors of the newest completed run, in percent of what was asked for, over the items of each facility that is chosen above.", unit: "percent", min: 0, queries: [{ expr: `max by (tenant, facility) (${series("forecast_facility_wape_percentage", chosen)})`, legend: "{{tenant}} {{facility}}" }] }, 12),
          curve({ title: "Items by facility", description: "Items that the newest completed run forecast for each facility that is chosen above; of a tenant with very many facilities the 50 largest.", unit: "none", min: 0, queries: [{ expr: `max by (tenant, facility) (${series("forecast_facility_items", chosen)})`, legend: "{{tenant}} {{facility}}" }] }, 12),
          curve({ title: "Worst items", description: "The ten items of each tenant with the highest MAPE in its newest completed run, where they lie in a facility that is chosen above.", unit: "percent", min: 0, queries: [{ expr: `max by (tenant, facility, sku) (${series("forecast_worst_item_mape_percentage", chosen)})`, legend: "{{tenant}} {{facility}} {{sku}}" }] }, 12),
        ],
      },
      {
        title: "Do they come?",
        panels: [
          number({ title: "Age of the newest forecast", description: "Time since the newest completed run ended. One is due every day.", unit: "s", queries: [{ expr: `time() - max(${series("forecast_run_last_completed_timestamp_seconds", here)})`, legend: "age" }], limits: { good: "below", bad: thresholds.forecastAgeSeconds } }, 6),
          number({ title: "Next run", description: "Time until the schedule starts the next run.", unit: "s", queries: [{ expr: `min(${series("forecast_schedule_next_run_timestamp_seconds", here)}) - time()`, legend: "in" }] }, 6),
          number(alertPanel("NoForecastsGenerated", { description: "Item forecasts stored within 25 hours: the schedule's day and an hour of grace.", unit: "none", legend: "forecasts" }), 6),
          number(alertPanel("ForecastRunFailed", { description: "Runs of the last hour that could not be finished.", unit: "none", legend: "runs" }), 6),
        ],
      },
      {
        title: "How fast, and what is to be ordered?",
        panels: [
          curve({
            title: "Duration of a batch",
            description: "Time of a batch without the rest after it: half of them, and 95 of 100, take less. Empty while no run goes on.",
            unit: "s",
            min: 0,
            queries: [0.5, 0.95].map((quantile) => ({ expr: `histogram_quantile(${quantile}, sum by (le) (rate(${buckets("forecast_batch_duration_seconds", here)}[15m])))`, legend: `p${quantile * 100}` })),
            emptyIsGood: true,
          }),
          curve({
            title: "Computing time of an item",
            description: "Selection, back-test and forecast: 95 of 100 items take less. Empty while no run goes on.",
            unit: "s",
            min: 0,
            queries: [{ expr: `histogram_quantile(0.95, sum by (le) (rate(${buckets("forecast_item_duration_seconds", here)}[15m])))`, legend: "p95" }],
            limits: { good: "below", bad: 0.5 },
            emptyIsGood: true,
          }),
          curve(alertPanel("TooManyPendingRecommendations", { description: "Suggestions for orders that nobody has decided yet.", unit: "none", legend: "waiting", min: 0 })),
        ],
      },
    ],
  });
}
