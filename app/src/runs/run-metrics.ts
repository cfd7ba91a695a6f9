import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import { TENANT } from "../platform/tenant.ts";
import { nextRun } from "./schedule.ts";
import { newestCompletedRun } from "./sql/newest-run.ts";
import { queueDepths } from "./sql/queue-depth.ts";

/**
 * Sets the gauges that tell of the newest completed run and of the queue, as
 * the database has them: they are right after a restart too. What cannot be
 * read is taken away, so that no old value looks like a new one.
 */
export async function observeRuns(database: Database, metrics: Metrics, config: Config): Promise<void> {
  metrics.forecast_schedule_next_run_timestamp_seconds.set(nextRun(config.CRON_DAILY, new Date()).getTime() / 1_000);
  await Promise.all([observeNewestRun(database, metrics).catch(() => forgetNewestRun(metrics)), observeQueues(database, metrics).catch(() => forgetQueues(metrics))]);
}

async function observeNewestRun(database: Database, metrics: Metrics): Promise<void> {
  const run = await newestCompletedRun(database, TENANT);
  forgetNewestRun(metrics);
  if (run === undefined) return;
  const { overall } = run.summary;
  if (overall.mape !== null) metrics.forecast_accuracy_mape_percentage.set(overall.mape);
  if (overall.wape !== null) metrics.forecast_accuracy_wape_percentage.set(overall.wape);
  metrics.forecast_accuracy_undefined_items.set(overall.items - overall.mapeItems);
  metrics.forecast_high_variance_items.set(overall.highVarianceItems);
  metrics.forecast_run_last_completed_timestamp_seconds.set(run.finishedAt.getTime() / 1_000);
}

function forgetNewestRun(metrics: Metrics): void {
  metrics.forecast_accuracy_mape_percentage.remove();
  metrics.forecast_accuracy_wape_percentage.remove();
  metrics.forecast_accuracy_undefined_items.remove();
  metrics.forecast_high_variance_items.remove();
  metrics.forecast_run_last_completed_timestamp_seconds.remove();
}

async function observeQueues(database: Database, metrics: Metrics): Promise<void> {
  for (const { queue, waiting, active, oldestSeconds } of await queueDepths(database)) {
    metrics.forecast_queue_jobs.set({ queue, state: "waiting" }, waiting);
    metrics.forecast_queue_jobs.set({ queue, state: "active" }, active);
    metrics.forecast_queue_oldest_job_age_seconds.set({ queue }, oldestSeconds);
  }
}

function forgetQueues(metrics: Metrics): void {
  metrics.forecast_queue_jobs.reset();
  metrics.forecast_queue_oldest_job_age_seconds.reset();
}
