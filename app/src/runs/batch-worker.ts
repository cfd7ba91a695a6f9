import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { PgBoss } from "pg-boss";
import type { ForecastSettings } from "../forecasting/item-forecast.ts";
import { HISTORY_PERIODS } from "../forecasting/demand-series.ts";
import type { Cache } from "../platform/cache.ts";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import type { Flags } from "../platform/flags.ts";
import { sqlOf } from "../platform/job-queue.ts";
import type { Log } from "../platform/log.ts";
import { memoryUsedRatio } from "../platform/memory.ts";
import { pause } from "../platform/pause.ts";
import { forecastsGroup } from "../forecasting/forecast-cache.ts";
import type { Preloader } from "../prefetch/preloader.ts";
import type { ThreadResult, ThreadTask } from "./forecast-thread.ts";
import { completeRun } from "./complete-run.ts";
import { type ForecastThreads, StalledError } from "./forecast-threads.ts";
import { countMended } from "./mended-fault.ts";
import { BATCH_QUEUE, type BatchJob } from "./queues.ts";
import type { FinishedRun } from "./sql/finish-run.ts";
import { type Batch, readBatch } from "./sql/read-batch.ts";
import { storeBatch } from "./sql/store-batch.ts";

export interface BatchContext {
  readonly config: Config;
  readonly database: Database;
  readonly cache: Cache;
  readonly flags: Flags;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly threads: ForecastThreads;
  readonly preloader: Preloader;
}

/**
 * Forecasts one batch: one query reads its series, threads compute, and one
 * transaction stores the results, marks the batch done, ends the job and, after
 * the last batch, the run. Whatever breaks before the commit leaves nothing;
 * whoever tries again after it finds the batch done. The job of the last batch
 * ends later, when the caches know of the run: a worker that dies in between is
 * followed by one that tells them.
 */
export class BatchWorker {
  readonly #context: BatchContext;

  constructor(context: BatchContext) {
    this.#context = context;
  }

  async handle(boss: PgBoss, job: { readonly id: string; readonly data: BatchJob; readonly signal: AbortSignal }): Promise<void> {
    const { config, flags, metrics, log } = this.#context;
    const { tenant, runId, batchNo } = job.data;
    const started = performance.now();
    try {
      const batch = await readBatch(this.#context.database.of(tenant), runId, batchNo, HISTORY_PERIODS);
      if (batch === null || batch.done) {
        await this.#repeat(tenant);
        return;
      }
      const settings = await this.#settings();
      const tasks = await Promise.all(batch.items.map((item) => this.#task(batch, item, tenant, settings)));
      const results = await this.#context.threads.run(tasks, job.signal);
      const memoryPercent = Math.round(memoryUsedRatio() * 1_000) / 10;
      const elapsedMs = Math.round(performance.now() - started);
      const stored = await this.#store(boss, job, results, { worker: config.POD_NAME, memoryPercent, elapsedMs });
      if (stored === null) {
        await this.#repeat(tenant);
        return;
      }
      this.#count(results, elapsedMs);
      if (config.LOG_BATCH_PROGRESS) {
        const progress = { runId, batch: `${batchNo}/${batch.batchesTotal}`, items: results.length, elapsedMs, ...(config.LOG_BATCH_MEMORY_USAGE ? { memoryPercent } : {}) };
        log.info(progress, `Batch ${batchNo}/${batch.batchesTotal}`);
      }
      if (stored.finished !== null) {
        await this.#announce(runId, tenant, stored.finished);
        await boss.complete(BATCH_QUEUE, job.id);
      }
    } catch (error) {
      metrics.forecast_batches_total.inc({ outcome: "failed" });
      log.warn({ err: error, runId, batchNo }, "a batch failed; it is tried again");
      if (error instanceof StalledError) await countMended(this.#context, "stalled-run", runId);
      throw error;
    }
    await pause(await flags.value("STREAMING_BATCH_DELAY_MS"), job.signal);
  }

  /** What is the same for every item of a batch. */
  async #settings(): Promise<Omit<ForecastSettings, "serve">> {
    const { config, flags } = this.#context;
    return {
      zeroRatioThreshold: await flags.value("INTERMITTENT_DEMAND_ZERO_RATIO_THRESHOLD"),
      cvSquaredThreshold: await flags.value("INTERMITTENT_DEMAND_CV_SQUARED_THRESHOLD"),
      crostonAlpha: config.CROSTON_ALPHA,
      tsbAlpha: config.TSB_ALPHA,
      tsbBeta: config.TSB_BETA,
    };
  }

  async #task(batch: Batch, item: Batch["items"][number], tenant: string, settings: Omit<ForecastSettings, "serve">): Promise<ThreadTask> {
    const { config, flags } = this.#context;
    const hybrid = await flags.evaluate("ENABLE_HYBRID_FORECASTING", { targetingKey: `${tenant}:${item.facility}:${item.sku}` });
    return {
      ...item,
      asOf: batch.asOf,
      horizonDays: config.FORECAST_HORIZON_DAYS,
      settings: { ...settings, serve: hybrid.value ? "hybrid" : "regular" },
      staged: hybrid.staged,
    };
  }

  async #store(boss: PgBoss, job: { readonly id: string; readonly data: BatchJob }, results: readonly ThreadResult[], outcome: { worker: string; memoryPercent: number; elapsedMs: number }): Promise<{ finished: FinishedRun | null } | null> {
    const { config, database } = this.#context;
    const { tenant, runId, batchNo } = job.data;
    return database.of(tenant).transaction(async (transaction) => {
      const progress = await storeBatch(transaction, runId, batchNo, tenant, { forecasts: results.map(({ row }) => row), variants: results.flatMap(({ variants }) => variants), selections: results.flatMap(({ selection }) => selection ?? []) }, outcome);
      if (progress === null) return null;
      const finished = progress.done === progress.total ? await completeRun(boss, transaction, config, { tenant, runId }) : null;
      if (finished === null) await boss.complete(BATCH_QUEUE, job.id, null, { db: sqlOf(transaction) });
      return { finished };
    });
  }

  #count(results: readonly ThreadResult[], elapsedMs: number): void {
    const { config, metrics, log } = this.#context;
    metrics.forecast_batches_total.inc({ outcome: "completed" });
    metrics.forecast_batch_duration_seconds.observe(elapsedMs / 1_000);
    for (const { row, computeMs } of results) {
      metrics.inventory_forecasts_total.inc({ model: row.model });
      metrics.forecast_item_duration_seconds.observe(computeMs / 1_000);
      if (config.MONITOR_ITEM_FORECAST_TIME && computeMs > config.ITEM_FORECAST_TIME_THRESHOLD_MS) log.warn({ sku: row.sku, computeMs: Math.round(computeMs) }, "forecasting this item was slow");
    }
  }

  async #announce(runId: string, tenant: string, { trigger, seconds, summary }: FinishedRun): Promise<void> {
    const { metrics, log } = this.#context;
    metrics.forecast_runs_total.inc({ trigger, outcome: "completed" });
    metrics.forecast_run_duration_seconds.observe({ outcome: "completed" }, seconds);
    const { items, mape, wape, highVarianceItems } = summary.overall;
    if (mape !== null && mape > summary.thresholds.mape) metrics.forecast_runs_above_target_total.inc();
    log.info({ runId, seconds, items, mape, wape, highVarianceItems, mapeThreshold: summary.thresholds.mape }, "forecast run completed");
    if (summary.hybrid?.reverted === true) {
      metrics.forecast_hybrid_reverts_total.inc();
      log.warn({ runId, ...summary.hybrid }, "the hybrid forecasts of this run missed the threshold; the regular ones are served");
    }
    await this.#tellCaches(tenant);
  }

  /** A batch that another worker has stored, which may have died right after. */
  async #repeat(tenant: string): Promise<void> {
    this.#context.metrics.forecast_batches_total.inc({ outcome: "repeated" });
    await this.#tellCaches(tenant);
  }

  async #tellCaches(tenant: string): Promise<void> {
    await this.#context.cache.invalidate(forecastsGroup(tenant));
    await this.#preload(tenant);
  }

  /** The run is stored, so that a cache that cannot be filled is no reason to fail. */
  async #preload(tenant: string): Promise<void> {
    const { config, preloader, log } = this.#context;
    if (!config.FORECAST_CACHE_PRELOAD) return;
    const preloaded = preloader.preload(tenant, "run").catch((error: unknown) => log.warn({ err: error }, "the cache could not be filled after the run"));
    if (!config.CACHE_PRELOAD_ASYNC) await preloaded;
  }
}
