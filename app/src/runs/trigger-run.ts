import { randomUUID } from "node:crypto";
import { type Actor, recordChange } from "../audit/record-change.ts";
import type { TenantDatabase } from "../platform/db.ts";
import type { FeatureContext } from "../platform/feature.ts";
import { RUN_QUEUE, type RunJob } from "./queues.ts";
import { createRun, type SelectionMode } from "./sql/create-run.ts";

/** Queues a forecast run of all items of a tenant and writes down who asked for it; gives the run's id. Models are selected anew only when it is asked for, and for items without a selection. */
export async function triggerRun({ jobs, log }: Pick<FeatureContext, "jobs" | "log">, database: TenantDatabase, actor: Actor, selection: SelectionMode = "reuse"): Promise<string> {
  const runId = randomUUID();
  await database.transaction(async (transaction) => {
    await createRun(transaction, runId, database.tenant, "manual", selection);
    await jobs.send(transaction, RUN_QUEUE, runId, { tenant: database.tenant, trigger: "manual", selection } satisfies RunJob);
    await recordChange(transaction, actor, { action: "create", entity: "forecast-run", entityId: runId, before: null, after: { trigger: "manual", selection } });
  });
  log.info({ runId }, "forecast run triggered");
  return runId;
}
