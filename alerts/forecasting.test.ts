import { neverFires, threshold } from "./test-support/alert-case.ts";
import { describeAlerts } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";
import { forecasting } from "./forecasting.ts";

const namespace = "forecast-dev";
const worker = { namespace, job: "worker", pod: "worker-545457c8d7-w45ms", instance: "worker-545457c8d7-w45ms" };
const up = live("up", worker);
const rollback = "If it began with the last release: forecastctl rollback --stack dev.";

describeAlerts(forecasting, {
  NoForecastsGenerated: (rule) => [
    {
      behaviour: "fires when a day and an hour have passed without a forecast, and ends with the next one",
      step: 10,
      series: { [live("inventory_forecasts_total", { ...worker, model: "croston" })]: "0x2 127x210 254x30", [up]: "1x245" },
      silent: [1_500, 2_200],
      fires: [{ at: 2_000, labels: { namespace }, description: "0 item forecasts were stored within 25 hours; a run is due every day." }],
    },
    {
      behaviour: "fires for a little less than half a forecast, which is what an estimate of none may be",
      step: 10,
      series: { [live("inventory_forecasts_total", { ...worker, model: "croston" })]: "0+0.00314x180", [up]: "1x180" },
      silent: [],
      fires: [{ at: 1_700, labels: { namespace }, description: "471m item forecasts were stored within 25 hours; a run is due every day." }],
    },
    neverFires(rule, { behaviour: "stays silent for a little more than half a forecast", series: [[live("inventory_forecasts_total", { ...worker, model: "croston" }), { perMinute: 0.000345 }], [up, 1]], window: 1_700, step: 10 }),
    neverFires(rule, { behaviour: "stays silent for a stack that is younger than a day", series: [[live("inventory_forecasts_total", { ...worker, model: "croston" }), 0], [up, 1]], window: 600, step: 10 }),
    neverFires(rule, { behaviour: "stays silent while no worker answered a day ago: that is another alert's", series: [[live("inventory_forecasts_total", { ...worker, model: "croston" }), 0], [up, 0]], window: 1_700, step: 10 }),
  ],
  HighForecastError: (rule) => [
    threshold(rule, { behaviour: "fires above 50 %, not at 50 %, and ends with a better run", series: [[live("forecast_accuracy_mape_percentage"), [50, 52.25]]], labels: { namespace }, description: "The average MAPE of the newest run is 52.2% (threshold 50%)." }),
    { behaviour: "stays silent while no run has completed", step: 1, series: {}, silent: [180], fires: [] },
  ],
  TooManyHighVarianceItems: (rule) => [
    threshold(rule, { behaviour: "fires at the sixteenth item", series: [[live("forecast_high_variance_items"), [15, 16]]], labels: { namespace }, description: "16 items of the newest run have a MAPE far above the target (threshold 15 items)." }),
  ],
  RunsAboveMapeTarget: () => [
    {
      behaviour: "fires at the third run within two days, and ends when they are older",
      step: 10,
      series: { [live("forecast_runs_above_target_total", worker)]: "0x5 1x100 2x100 3x450" },
      silent: [40, 2_000, 4_500],
      fires: [{ at: 2_400, labels: { namespace }, description: `3 runs of the last 48 hours were above the MAPE target (threshold 2 runs). ${rollback}` }],
    },
    {
      behaviour: "stays silent just below two runs and a half",
      step: 10,
      series: { [live("forecast_runs_above_target_total", worker)]: "0+0.0084x350" },
      silent: [3_400],
      fires: [],
    },
    {
      behaviour: "fires just above two runs and a half",
      step: 10,
      series: { [live("forecast_runs_above_target_total", worker)]: "0+0.00904x350" },
      silent: [1_000],
      fires: [{ at: 3_400, labels: { namespace }, description: `3 runs of the last 48 hours were above the MAPE target (threshold 2 runs). ${rollback}` }],
    },
  ],
  ForecastRunFailed: (rule) => [
    {
      behaviour: "fires at one failed run, and ends an hour later",
      step: 1,
      series: { [live("forecast_runs_total", { ...worker, trigger: "schedule", outcome: "failed" })]: "0x30 1x120" },
      silent: [25, 110],
      fires: [{ at: 40, labels: { namespace }, description: "1 forecast runs failed within the last hour; the forecasts of the run before are served." }],
    },
    threshold(rule, { behaviour: "fires just above half a run, which is what an estimate of one may be", series: [[live("forecast_runs_total", { ...worker, trigger: "schedule", outcome: "failed" }), { perMinute: [0.0078, 0.0087] }]], labels: { namespace }, description: "1 forecast runs failed within the last hour; the forecasts of the run before are served.", window: 60 }),
  ],
  ForecastQueueOld: (rule) => [
    threshold(rule, { behaviour: "fires when a job has waited for more than five minutes", series: [[live("forecast_queue_oldest_job_age_seconds", { queue: "forecast-batch" }), [300, 320]]], labels: { namespace, queue: "forecast-batch" }, description: "The oldest job of forecast-batch that could start has been waiting for 5m 20s (threshold 5m)." }),
  ],
  ForecastRunStalled: (rule) => [
    {
      behaviour: "fires when batches wait and none is completed, and ends when one is",
      step: 1,
      series: { [live("forecast_batches_total", { ...worker, outcome: "completed" })]: "0+1x20 20x40 61+1x20", [live("forecast_queue_jobs", { queue: "forecast-batch", state: "waiting" })]: "5x90" },
      silent: [20, 75],
      fires: [{ at: 50, labels: { namespace }, description: "There are batches to do, and 0 batches were completed within 10 minutes." }],
    },
    neverFires(rule, { behaviour: "stays silent while there is nothing to do", series: [[live("forecast_batches_total", { ...worker, outcome: "completed" }), 7], [live("forecast_queue_jobs", { queue: "forecast-batch", state: "waiting" }), 0]], window: 10 }),
    threshold(rule, { behaviour: "fires for one batch that is left, just below half a batch in ten minutes", series: [[live("forecast_batches_total", { ...worker, outcome: "completed" }), { perMinute: [0.053, 0.047] }], [live("forecast_queue_jobs", { queue: "forecast-batch", state: "waiting" }), [1, 1]]], labels: { namespace }, description: "There are batches to do, and 470m batches were completed within 10 minutes.", window: 10 }),
  ],
  TooManyPendingRecommendations: (rule) => [
    threshold(rule, { behaviour: "fires at the hundred and first suggestion", series: [[live("replenishment_recommendations_pending"), [100, 101]]], labels: { namespace }, description: "101 replenishment suggestions wait for a decision (threshold 100 suggestions)." }),
  ],
});
