import type { PgBoss } from "pg-boss";
import type { Config } from "../platform/config.ts";
import type { Queryable } from "../platform/db.ts";
import { sqlOf } from "../platform/job-queue.ts";
import { MAINTENANCE_QUEUE } from "./queues.ts";
import { type FinishedRun, finishRun } from "./sql/finish-run.ts";

/**
 * Completes a run whose batches are all done and asks for the maintenance that
 * follows it, in the caller's transaction; null when the run was not running.
 */
export async function completeRun(boss: PgBoss, transaction: Queryable, config: Config, { tenant, runId }: { readonly tenant: string; readonly runId: string }): Promise<FinishedRun | null> {
  const itemMape = config.ENABLE_ITEM_MAPE_MONITORING ? config.MAPE_THRESHOLD * config.MAPE_ITEM_THRESHOLD_MULTIPLIER : null;
  const finished = await finishRun(transaction, runId, { mape: config.MAPE_THRESHOLD, itemMape });
  if (finished !== null) await boss.insert(MAINTENANCE_QUEUE, [{ data: { tenant } }], { db: sqlOf(transaction) });
  return finished;
}
