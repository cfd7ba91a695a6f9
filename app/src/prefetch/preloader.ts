import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { CachedQueries } from "../platform/cached-query.ts";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import type { Flags } from "../platform/flags.ts";
import type { Log } from "../platform/log.ts";
import { listTenants } from "../platform/tenant.ts";
import { topQueries } from "./sql/top-queries.ts";

export type PreloadReason = "run" | "startup" | "deploy" | "peak" | "maintenance";

export interface PreloadContext {
  readonly config: Config;
  readonly database: Database;
  readonly queries: CachedQueries;
  readonly flags: Flags;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Queries that are computed at the same time: enough to be quick, few enough to leave connections to others. */
const CONCURRENCY = 2;

/** Fills the cache with the answers that will most probably be asked for. */
export class Preloader {
  readonly #context: PreloadContext;

  constructor(context: PreloadContext) {
    this.#context = context;
  }

  async preloadAll(reason: PreloadReason): Promise<void> {
    for (const tenant of await listTenants(this.#context.database)) await this.preload(tenant, reason);
  }

  /** Computes the tenant's most frequent queries; gives up after CACHE_PRELOAD_TIMEOUT_MS, with what it has got by then. */
  async preload(tenant: string, reason: PreloadReason): Promise<void> {
    const { config, queries, flags, metrics, log } = this.#context;
    const started = performance.now();
    const database = this.#context.database.of(tenant);
    const logged = await topQueries(database, await flags.value("PREFETCH_TOP_N_QUERIES"), await flags.value("PREFETCH_INCLUDE_RECENT"));
    const waiting = [...new Set([...queries.usualPatterns, ...logged])];
    let entries = 0;
    const work = async () => {
      for (let pattern = waiting.shift(); pattern !== undefined; pattern = waiting.shift()) {
        if (performance.now() - started > config.CACHE_PRELOAD_TIMEOUT_MS) {
          waiting.unshift(pattern);
          return;
        }
        if (await this.#refresh(tenant, pattern)) entries += 1;
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    const seconds = (performance.now() - started) / 1_000;
    metrics.cache_preload_duration_seconds.observe({ reason }, seconds);
    metrics.cache_preloaded_queries_total.inc({ reason }, entries);
    if (waiting.length > 0) {
      metrics.cache_preloads_given_up_total.inc({ reason });
      log.warn({ tenant, reason, entries, left: waiting.length }, "filling the cache took too long and was given up");
    } else {
      log.info({ tenant, reason, entries, seconds: Math.round(seconds * 100) / 100 }, "cache preload completed");
    }
  }

  /** A query that no longer works, because its run is gone for example, keeps none of the others from the cache. */
  async #refresh(tenant: string, pattern: string): Promise<boolean> {
    try {
      return await this.#context.queries.refresh(this.#context.database.of(tenant), pattern);
    } catch (error) {
      this.#context.log.debug({ err: error, pattern }, "a query could not be computed for the cache");
      return false;
    }
  }
}
