import { createHash } from "node:crypto";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { QueryObserver } from "../platform/cached-query.ts";
import type { Database } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { type LoggedQuery, storeQueries } from "./sql/store-queries.ts";

const FLUSH_MS = 5_000;
/** A flood of different queries must not fill the memory; what is over is not counted. */
const MAX_PATTERNS = 5_000;

/**
 * Writes down which queries were asked for and how long their answers took: one
 * row for all the same ones of a few seconds. A log that cannot be written is
 * dropped; it must not slow an answer down.
 */
export class QueryLog implements QueryObserver {
  readonly #database: Database;
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #pending = new Map<string, LoggedQuery & { tenant: string }>();

  constructor(database: Database, metrics: Metrics, log: Log) {
    this.#database = database;
    this.#metrics = metrics;
    this.#log = log;
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
  }

  record(tenant: string, pattern: string, durationMs: number): void {
    const id = `${tenant} ${pattern}`;
    const known = this.#pending.get(id);
    if (known !== undefined) {
      known.requests += 1;
      known.durationMs += durationMs;
    } else if (this.#pending.size < MAX_PATTERNS) {
      this.#pending.set(id, { tenant, pattern, hash: createHash("sha256").update(pattern).digest("hex"), requests: 1, durationMs });
    }
  }

  /** Writes what was asked for since the last time. */
  async flush(): Promise<void> {
    const queries = [...this.#pending.values()];
    this.#pending = new Map();
    for (const [tenant, ofTenant] of Map.groupBy(queries, ({ tenant }) => tenant)) {
      try {
        await storeQueries(this.#database.of(tenant), ofTenant);
        this.#metrics.query_log_requests_total.inc(ofTenant.reduce((sum, { requests }) => sum + requests, 0));
      } catch (error) {
        this.#log.warn({ err: error, queries: ofTenant.length }, "queries could not be written to their log");
      }
    }
  }

  /** Writes what is left and stops. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
