import { z } from "zod";
import type { Cache } from "../platform/cache.ts";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import type { ScheduledWork } from "../platform/scheduled-work.ts";
import type { Preloader } from "../prefetch/preloader.ts";
import { MAINTENANCE_QUEUE } from "../runs/queues.ts";
import { measureNewestPeriod } from "../forecasting/accuracy-history.ts";
import { pruneAccuracy } from "./sql/prune-accuracy.ts";
import { pruneQueryLog } from "./sql/prune-query-log.ts";
import { pruneRuns } from "./sql/prune-runs.ts";

export interface MaintenanceContext {
  readonly config: Config;
  readonly database: Database;
  readonly cache: Cache;
  readonly preloader: Preloader;
  readonly log: Log;
}

const job = z.object({ tenant: z.string() });
const TIMEOUT_MS = 5_000;

/** What is done for a tenant after each run, and when an administrator asks for it. */
export function maintenance({ config, database, cache, preloader, log }: MaintenanceContext): ScheduledWork {
  return {
    queue: MAINTENANCE_QUEUE,
    crons: [],
    handle: async (_boss, { data }) => {
      const { tenant } = job.parse(data);
      await preloader.preload(tenant, "maintenance");
      const databaseConnected = await database.answers(TIMEOUT_MS);
      const rows = database.of(tenant);
      const seriesMeasured = await measureNewestPeriod(rows);
      const [runsDeleted, queriesDeleted, measuresDeleted] = [await pruneRuns(rows, config.RUN_RETENTION_DAYS), await pruneQueryLog(rows), await pruneAccuracy(rows, config.RUN_RETENTION_DAYS)];
      const hitRates = { lists: cache.hitRate("lists"), summaries: cache.hitRate("summaries"), queries: cache.hitRate("queries"), forecasts: cache.hitRate("forecasts") };
      log.info({ tenant, databaseConnected, redisUp: cache.redisUp() ?? null, hitRates, seriesMeasured, runsDeleted, queriesDeleted, measuresDeleted }, "maintenance completed");
    },
  };
}
