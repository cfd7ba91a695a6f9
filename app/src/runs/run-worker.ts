import type { Job, JobWithMetadata, PgBoss } from "pg-boss";
import { forecastsGroup } from "../forecasting/forecast-cache.ts";
import { sqlOf } from "../platform/job-queue.ts";
import { type BatchContext, BatchWorker } from "./batch-worker.ts";
import { completeRun } from "./complete-run.ts";
import { countMended } from "./mended-fault.ts";
import { BATCH_QUEUE, type BatchJob, FAILED_QUEUE, RUN_QUEUE, type RunJob } from "./queues.ts";
import { isAbandoned } from "./abandoned-job.ts";
import { createRun } from "./sql/create-run.ts";
import { failRun } from "./sql/fail-run.ts";
import { planBatches } from "./sql/plan-batches.ts";

/** Idle workers look for jobs this often, in seconds. */
const POLLING = { pollingIntervalSeconds: 0.5 };

/**
 * Takes part in forecast runs: plans runs, forecasts batches and ends runs that
 * cannot be finished. Any number of processes may.
 */
export async function workOnRuns(boss: PgBoss, context: BatchContext): Promise<void> {
  const batches = new BatchWorker(context);
  await boss.work<RunJob>(RUN_QUEUE, POLLING, ([job]) => planRun(boss, context, job));
  const batchWorker = await boss.work(BATCH_QUEUE, { ...POLLING, includeMetadata: true }, async ([job]: JobWithMetadata<BatchJob>[]) => {
    if (job === undefined) return;
    if (isAbandoned(job)) await countTakeover(context, job.data);
    await batches.handle(boss, job);
    // Where one batch was, there are more: the rest between batches is the setting's, not the polling's.
    boss.notifyWorker(batchWorker);
  });
  await boss.work(FAILED_QUEUE, { ...POLLING, includeMetadata: true }, ([job]: JobWithMetadata<BatchJob | RunJob>[]) => giveUp(context, job));
}

/** Counts a batch that a dead worker had. */
async function countTakeover(context: BatchContext, { runId, batchNo }: BatchJob): Promise<void> {
  await countMended(context, "dead-worker", runId);
  context.log.warn({ runId, batchNo }, "a batch is taken over from a worker that gave no sign of life");
}

async function planRun(boss: PgBoss, { config, database, cache, log }: BatchContext, job: Job<RunJob> | undefined): Promise<void> {
  if (job === undefined) return;
  const runId = job.data.runId ?? job.id;
  const { tenant, trigger, selection } = job.data;
  const batchSize = config.ENABLE_STREAMING_FORECAST ? config.FORECAST_BATCH_SIZE : 2_147_483_647;
  const plan = await database.of(tenant).transaction(async (transaction) => {
    await createRun(transaction, runId, tenant, trigger, selection);
    const planned = await planBatches(transaction, runId, batchSize);
    if (planned === null) return null;
    const batchJobs = planned.batchNumbers.map((batchNo) => ({ data: { tenant, runId, batchNo } satisfies BatchJob }));
    if (batchJobs.length > 0) await boss.insert(BATCH_QUEUE, batchJobs, { db: sqlOf(transaction) });
    // A tenant without items has nothing to wait for.
    else await completeRun(boss, transaction, config, { tenant, runId });
    return planned;
  });
  if (plan?.items === 0) await cache.invalidate(forecastsGroup(tenant));
  if (plan !== null) log.info({ runId, trigger, items: plan.items, batches: plan.batchNumbers.length }, "forecast run started");
}

/** A job that failed in every try ends its run: a batch names it, the job that plans a run is it. */
async function giveUp({ database, metrics, log }: BatchContext, job: JobWithMetadata<BatchJob | RunJob> | undefined): Promise<void> {
  if (job === undefined) return;
  const { tenant } = job.data;
  let runId = job.data.runId ?? job.sourceId ?? job.id;
  let batchNo: number | null = null;
  let reason = "The run could not be split into batches; the log of the workers has the reasons.";
  if ("batchNo" in job.data) {
    ({ runId, batchNo } = job.data);
    reason = `Batch ${batchNo} failed in every try; the log of the workers has the reasons.`;
  } else {
    await createRun(database.of(tenant), runId, tenant, job.data.trigger, job.data.selection);
  }
  const run = await failRun(database.of(tenant), runId, batchNo, reason);
  if (run === null) return;
  metrics.forecast_runs_total.inc({ trigger: run.trigger, outcome: "failed" });
  metrics.forecast_run_duration_seconds.observe({ outcome: "failed" }, run.seconds);
  log.error({ runId, batchNo }, "forecast run failed");
}
