import type { QueueDefinition } from "../platform/job-queue.ts";
import type { SelectionMode } from "./sql/create-run.ts";

export const RUN_QUEUE = "forecast-run";
export const BATCH_QUEUE = "forecast-batch";
/** What is done after a run, and when it is asked for. */
export const MAINTENANCE_QUEUE = "maintenance";
/** Jobs come here when all their tries failed. */
export const FAILED_QUEUE = "forecast-failed";

/** A job of RUN_QUEUE: split a run into batches. */
export interface RunJob {
  /** The run, where it is not the job's own id. */
  readonly runId?: string;
  readonly tenant: string;
  readonly trigger: "schedule" | "manual";
  readonly selection: SelectionMode;
}

/** A job of BATCH_QUEUE: forecast one batch. */
export interface BatchJob {
  readonly tenant: string;
  readonly runId: string;
  readonly batchNo: number;
}

/** Enough to outlive a restart of Postgres; a batch that always fails gives up after about a minute. */
const retries = { retryLimit: 6, retryDelay: 1, retryBackoff: true, retryDelayMax: 20 };

/** The queues of forecast runs; the one that takes failed jobs comes first, because the others name it. */
export function runQueues(heartbeatSeconds: number): readonly QueueDefinition[] {
  return [
    { name: FAILED_QUEUE, options: { retryLimit: 10, retryDelay: 1, retryBackoff: true, retryDelayMax: 60, heartbeatSeconds } },
    { name: RUN_QUEUE, options: { ...retries, heartbeatSeconds, expireInSeconds: 120, deadLetter: FAILED_QUEUE } },
    { name: BATCH_QUEUE, options: { ...retries, heartbeatSeconds, expireInSeconds: 600, deadLetter: FAILED_QUEUE } },
  ];
}
