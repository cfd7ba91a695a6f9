import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import type { ScheduledWork } from "../platform/scheduled-work.ts";
import { stableId } from "../platform/stable-id.ts";
import { listTenants } from "../platform/tenant.ts";
import { RUN_QUEUE, type RunJob } from "./queues.ts";
import type { SelectionMode } from "./sql/create-run.ts";

/** The daily start of a run for each tenant. */
export const DAILY_QUEUE = "forecast-daily";
/** The weekly start of a run that selects all models anew. */
export const RETRAIN_QUEUE = "forecast-retrain";

/** The runs that start by themselves. */
export function scheduledRuns(config: Config, database: Database): ScheduledWork[] {
  return [startRuns(DAILY_QUEUE, config.CRON_DAILY, "reuse", database), startRuns(RETRAIN_QUEUE, config.CRON_RETRAIN, "anew", database)];
}

function startRuns(queue: string, cron: string, selection: SelectionMode, database: Database): ScheduledWork {
  return {
    queue,
    crons: [cron],
    // A worker that dies after starting the runs is followed by one that starts the same ones, which are there already.
    handle: async (boss, { id }) => {
      const tenants = await listTenants(database);
      await boss.insert(RUN_QUEUE, tenants.map((tenant) => ({ id: stableId(id, tenant), data: { tenant, trigger: "schedule", selection } satisfies RunJob })));
    },
  };
}
