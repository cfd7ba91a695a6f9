import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Cache } from "./cache.ts";
import type { CachedQueries } from "./cached-query.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db.ts";
import type { Flags } from "./flags.ts";
import type { JobQueue } from "./job-queue.ts";
import type { Log } from "./log.ts";
import type { Mailer } from "./mailer.ts";

/** What the platform gives to the routes of a feature. */
export interface FeatureContext {
  readonly config: Config;
  readonly database: Database;
  readonly cache: Cache;
  readonly queries: CachedQueries;
  readonly flags: Flags;
  readonly jobs: JobQueue;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Undefined when no mail server is set. */
  readonly mailer: Mailer | undefined;
}
