import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Config } from "../platform/config.ts";
import { isConnectionError } from "../platform/connection-error.ts";
import type { Database } from "../platform/db.ts";
import { UnavailableError } from "../platform/errors.ts";
import type { Log } from "../platform/log.ts";
import { listTenants } from "../platform/tenant.ts";
import { nextRun } from "./schedule.ts";
import type { RunSummary } from "./sql/finish-run.ts";
import { type CompletedRun, newestCompletedRun } from "./sql/newest-run.ts";
import type { Outliers } from "./sql/outliers.ts";
import { queueDepths } from "./sql/queue-depth.ts";

/**
 * Sets the gauges that tell of the newest completed run and of the queue, as
 * the database has them: they are right after a restart too. Of several tenants
 * the worst is shown, because a gauge that is fine must mean that all are. What
 * cannot be read is taken away, so that no old value looks like a new one; the
 * log says so, unless it is that the database does not answer.
 */
export async function observeRuns(database: Database, metrics: Metrics, config: Config, log: Log): Promise<void> {
  const instead = (forget: (metrics: Metrics) => void) => (error: unknown) => {
    if (!(error instanceof UnavailableError || isConnectionError(error))) log.error({ err: error }, "gauges of forecast runs could not be set");
    forget(metrics);
  };
  metrics.forecast_schedule_next_run_timestamp_seconds.set(nextRun(config.CRON_DAILY, new Date()).getTime() / 1_000);
  await Promise.all([observeNewestRuns(database, metrics).catch(instead(forgetNewestRun)), observeQueues(database, metrics).catch(instead(forgetQueues))]);
}

async function observeNewestRuns(database: Database, metrics: Metrics): Promise<void> {
  const tenants = await listTenants(database);
  const newest = await Promise.all(tenants.map(async (tenant) => ({ tenant, run: await newestCompletedRun(database.of(tenant)) })));
  showNewestRuns(newest.flatMap(({ tenant, run }) => (run === undefined ? [] : [{ tenant, ...run }])), metrics);
}

/** Sets the gauges of the newest completed runs, one of each tenant that has one. */
export function showNewestRuns(runs: readonly (Pick<CompletedRun, "finishedAt" | "summary"> & { readonly tenant: string })[], metrics: Metrics): void {
  forgetNewestRun(metrics);
  if (runs.length === 0) return;
  const overall = runs.map(({ summary }) => summary.overall);
  const mapes = overall.map(({ mape }) => mape).filter((mape) => mape !== null);
  const wapes = overall.map(({ wape }) => wape).filter((wape) => wape !== null);
  if (mapes.length > 0) metrics.forecast_accuracy_mape_percentage.set(Math.max(...mapes));
  if (wapes.length > 0) metrics.forecast_accuracy_wape_percentage.set(Math.max(...wapes));
  const mases = overall.map(({ medianMase }) => medianMase).filter((mase) => mase !== null);
  if (mases.length > 0) metrics.forecast_accuracy_mase_ratio.set(Math.max(...mases));
  metrics.forecast_accuracy_undefined_items.set(sum(overall.map(({ items, mapeItems }) => items - mapeItems)));
  metrics.forecast_high_variance_items.set(Math.max(...overall.map(({ highVarianceItems }) => highVarianceItems)));
  observeOutliers(runs.flatMap(({ summary }) => summary.outliers ?? []), metrics);
  observeModels(runs.map(({ summary }) => summary), metrics);
  for (const { tenant, summary } of runs) observeTenant(tenant, summary, metrics);
  metrics.forecast_run_last_completed_timestamp_seconds.set(Math.min(...runs.map(({ finishedAt }) => finishedAt.getTime())) / 1_000);
}

function observeOutliers(outliers: readonly Outliers[], metrics: Metrics): void {
  if (outliers.length === 0) return;
  metrics.forecast_outlier_items.set(Math.max(...outliers.map(({ items }) => items)));
  metrics.forecast_outlier_items_repeated.set(Math.max(...outliers.map(({ repeated }) => repeated)));
  const former = outliers.map(({ formerMape }) => formerMape).filter((mape) => mape !== null);
  if (former.length > 0) metrics.forecast_former_outliers_mape_percentage.set(Math.max(...former));
}

/** Which model forecasts how many items and how well, and how the hybrid variant fares beside what is served. */
function observeModels(summaries: readonly RunSummary[], metrics: Metrics): void {
  const groups = summaries.flatMap(({ byModel }) => Object.entries(byModel));
  for (const model of new Set(groups.map(([name]) => name))) {
    const ofModel = groups.filter(([name]) => name === model).map(([, accuracy]) => accuracy);
    const wapes = ofModel.map(({ wape }) => wape).filter((wape) => wape !== null);
    metrics.forecast_model_items.set({ model }, sum(ofModel.map(({ items }) => items)));
    if (wapes.length > 0) metrics.forecast_model_wape_percentage.set({ model }, Math.max(...wapes));
  }
  const hybrids = summaries.flatMap(({ hybrid }) => hybrid ?? []);
  const mapes = hybrids.map(({ mape }) => mape).filter((mape) => mape !== null);
  if (hybrids.length > 0) metrics.forecast_hybrid_items.set(sum(hybrids.map(({ items }) => items)));
  if (mapes.length > 0) metrics.forecast_hybrid_mape_percentage.set(Math.max(...mapes));
}

/** Where one tenant's forecasts are good, and which are worst. */
function observeTenant(tenant: string, { byFacility = {}, worstItems = [] }: RunSummary, metrics: Metrics): void {
  for (const [facility, { items, mape, wape }] of Object.entries(byFacility)) {
    metrics.forecast_facility_items.set({ tenant, facility }, items);
    if (mape !== null) metrics.forecast_facility_mape_percentage.set({ tenant, facility }, mape);
    if (wape !== null) metrics.forecast_facility_wape_percentage.set({ tenant, facility }, wape);
  }
  for (const { facility, sku, mape } of worstItems) {
    if (mape !== null) metrics.forecast_worst_item_mape_percentage.set({ tenant, facility, sku }, mape);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function forgetNewestRun(metrics: Metrics): void {
  metrics.forecast_accuracy_mape_percentage.remove();
  metrics.forecast_accuracy_wape_percentage.remove();
  metrics.forecast_accuracy_mase_ratio.remove();
  metrics.forecast_accuracy_undefined_items.remove();
  metrics.forecast_high_variance_items.remove();
  metrics.forecast_outlier_items.remove();
  metrics.forecast_outlier_items_repeated.remove();
  metrics.forecast_former_outliers_mape_percentage.remove();
  metrics.forecast_model_items.reset();
  metrics.forecast_model_wape_percentage.reset();
  metrics.forecast_facility_items.reset();
  metrics.forecast_facility_mape_percentage.reset();
  metrics.forecast_facility_wape_percentage.reset();
  metrics.forecast_worst_item_mape_percentage.reset();
  metrics.forecast_hybrid_items.remove();
  metrics.forecast_hybrid_mape_percentage.remove();
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
