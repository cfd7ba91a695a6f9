import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import pg from "pg";
import QueryStream from "pg-query-stream";
import type { Config } from "./config.ts";
import { isConnectionError } from "./connection-error.ts";
import { UnavailableError } from "./errors.ts";
import type { Log } from "./log.ts";
import { columnTypes } from "./number-arrays.ts";

/** Runs SQL statements, each under a name that metrics and logs show. */
export interface Queryable {
  /**
   * @param name names the statement, from a fixed set, for example `forecasts.list`
   * @returns the rows, or none for statements without a result
   */
  query<Row extends pg.QueryResultRow>(name: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Reads and writes the rows of one tenant; row-level security hides all others. */
export interface TenantDatabase extends Queryable {
  readonly tenant: string;
  /** A statement that only reads: run again when the connection breaks. */
  read<Row extends pg.QueryResultRow>(name: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs `work` in one transaction: all of it is stored, or nothing. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>;
  /**
   * Gives `consume` the rows of a statement as a stream of objects that reads on
   * as fast as it is consumed, for results too large for memory. Its time is
   * that of the consumer, so it is not measured as a query.
   */
  stream(text: string, values: readonly unknown[], consume: (rows: Readable) => Promise<void>): Promise<void>;
}

type DatabaseConfig = Pick<
  Config,
  "DB_HOST" | "DB_PORT" | "DB_NAME" | "DB_USER" | "DB_PASSWORD" | "DB_SSL" | "DATABASE_POOL_MAX" | "DATABASE_POOL_IDLE_TIMEOUT_MS" | "DATABASE_POOL_ACQUIRE_TIMEOUT_MS" | "SLOW_QUERY_THRESHOLD_MS" | "LOG_SLOW_QUERIES"
>;

/** How often and how fast a read is tried again when the connection breaks: within about a second, the time of a quick restart. */
const READ_RETRY_DELAYS_MS = [100, 300, 700];

/** How long to wait for an open session before a refused password is tried again. */
const REFUSED_RETRY_MS = 50;

/** Rows that a stream fetches at once. */
const STREAM_BATCH = 1_000;

/** The tenant of statements on tables that belong to none: row-level security shows them no tenant's rows. */
const NO_TENANT = "";

/**
 * The pool of connections to Postgres. Reads are tried again when the
 * connection breaks, because reading twice does no harm; writes and
 * transactions are not: only their caller knows whether repeating is safe.
 */
export class Database implements Queryable {
  readonly #pool: pg.Pool;
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #slowMs: number;
  readonly #logSlow: boolean;
  readonly #acquireTimeoutMs: number;
  /** The tenant that each connection's app.tenant_id is set to. */
  readonly #tenants = new WeakMap<pg.PoolClient, string>();
  /** When a statement was last answered, on the clock of performance.now(); -Infinity when a connection broke since. */
  #answeredAt = -Infinity;

  constructor(config: DatabaseConfig, metrics: Metrics, log: Log, applicationName: string) {
    this.#pool = new pg.Pool({ ...connectionOf(config), types: columnTypes, application_name: applicationName, min: 1, max: config.DATABASE_POOL_MAX, idleTimeoutMillis: config.DATABASE_POOL_IDLE_TIMEOUT_MS, connectionTimeoutMillis: config.DATABASE_POOL_ACQUIRE_TIMEOUT_MS, keepAlive: true });
    this.#metrics = metrics;
    this.#log = log;
    this.#slowMs = config.SLOW_QUERY_THRESHOLD_MS;
    this.#logSlow = config.LOG_SLOW_QUERIES;
    this.#acquireTimeoutMs = config.DATABASE_POOL_ACQUIRE_TIMEOUT_MS;
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    this.#pool.on("error", (error) => {
      this.#answeredAt = -Infinity;
      this.#log.warn({ err: error }, "an idle database connection broke");
    });
    metrics.database_pool_max_connections.set(config.DATABASE_POOL_MAX);
  }

  /** The rows of one tenant. */
  of(tenant: string): TenantDatabase {
    return {
      tenant,
      query: (name, text, values) => this.#query(tenant, name, text, values),
      read: (name, text, values) => this.#read(tenant, name, text, values),
      transaction: (work) => this.#transaction(tenant, work),
      stream: (text, values, consume) => this.#onClient(tenant, (client) => consume(client.query(new QueryStream(text, [...values], { batchSize: STREAM_BATCH })))),
    };
  }

  /** A statement on tables that belong to no tenant: run once. */
  async query<Row extends pg.QueryResultRow>(name: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#query(NO_TENANT, name, text, values);
  }

  /** Runs `work` on tables that belong to no tenant in one transaction: all of it is stored, or nothing. */
  async transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result> {
    return this.#transaction(NO_TENANT, work);
  }

  async #query<Row extends pg.QueryResultRow>(tenant: string, name: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#timed(name, () => this.#onClient(tenant, async (client) => (await client.query<Row>(text, [...values])).rows));
  }

  async #read<Row extends pg.QueryResultRow>(tenant: string, name: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    for (const delay of READ_RETRY_DELAYS_MS) {
      try {
        return await this.#query<Row>(tenant, name, text, values);
      } catch (error) {
        if (!isConnectionError(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, delay));
      }
    }
    try {
      return await this.#query<Row>(tenant, name, text, values);
    } catch (error) {
      if (isConnectionError(error)) throw new UnavailableError("The database does not answer.", error);
      throw error;
    }
  }

  async #transaction<Result>(tenant: string, work: (transaction: Queryable) => Promise<Result>): Promise<Result> {
    return this.#onClient(tenant, async (client, discard) => {
      try {
        await client.query("BEGIN");
        const result = await work({
          query: async <Row extends pg.QueryResultRow>(name: string, text: string, values: readonly unknown[] = []) => this.#timed(name, async () => (await client.query<Row>(text, [...values])).rows),
        });
        await this.#timed("commit", () => client.query("COMMIT"));
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch(discard);
        throw error;
      }
    });
  }

  /**
   * Lends a connection that sees the rows of `tenant`. The setting stays with
   * the connection, so that it is only sent when the tenant changes.
   */
  async #onClient<Result>(tenant: string, work: (client: pg.PoolClient, discard: () => void) => Promise<Result>): Promise<Result> {
    const client = await this.#connect();
    // Without a listener a connection that breaks between two statements would end the process.
    const ignore = () => undefined;
    client.on("error", ignore);
    let broken = false;
    try {
      if (this.#tenants.get(client) !== tenant) {
        this.#tenants.delete(client);
        await client.query("SELECT set_config('app.tenant_id', $1, false)", [tenant]);
        this.#tenants.set(client, tenant);
      }
      const result = await work(client, () => (broken = true));
      this.#answeredAt = performance.now();
      return result;
    } catch (error) {
      broken ||= isConnectionError(error);
      if (broken) this.#answeredAt = -Infinity;
      throw error;
    } finally {
      client.removeListener("error", ignore);
      client.release(broken);
    }
  }

  /**
   * Takes a session from the pool. When the role's password was changed under
   * this process, Postgres refuses new sessions but keeps the open ones: then it
   * waits for one of those, so that a rollback can give a role its older
   * password back while newer processes still serve.
   */
  async #connect(): Promise<pg.PoolClient> {
    const until = Date.now() + this.#acquireTimeoutMs;
    for (;;) {
      try {
        return await this.#pool.connect();
      } catch (error) {
        if (!isRefusedPassword(error) || this.#pool.totalCount === 0 || Date.now() > until) throw error;
        await pause(REFUSED_RETRY_MS);
      }
    }
  }

  /** Runs a statement for a library that makes its own SQL, and gives it the driver's own result. */
  async run(name: string, text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    return this.#timed(name, () => this.#onClient(NO_TENANT, (client) => client.query<Record<string, unknown>>(text, values)));
  }

  /** Says whether Postgres answers within `timeoutMs`. */
  async answers(timeoutMs: number): Promise<boolean> {
    const timeout = new Promise<false>((resolve) => setTimeout(resolve, timeoutMs, false).unref());
    return Promise.race([this.#onClient(NO_TENANT, (client) => client.query("SELECT 1")).then(() => true, () => false), timeout]);
  }

  /** Milliseconds since Postgres answered a statement; Infinity before the first, and after a connection broke. */
  get sinceAnswered(): number {
    return performance.now() - this.#answeredAt;
  }

  /** Sets the gauges of the pool; called at each scrape. */
  observePool(): void {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    this.#metrics.database_pool_connections.set({ state: "active" }, totalCount - idleCount);
    this.#metrics.database_pool_connections.set({ state: "idle" }, idleCount);
    this.#metrics.database_pool_connections.set({ state: "waiting" }, waitingCount);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #timed<Result>(query: string, run: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    try {
      return await run();
    } catch (error) {
      this.#metrics.database_query_errors_total.inc({ query });
      throw error;
    } finally {
      const elapsedMs = performance.now() - started;
      this.#metrics.database_query_duration_seconds.observe({ query }, elapsedMs / 1000);
      if (elapsedMs > this.#slowMs) {
        this.#metrics.database_slow_queries_total.inc({ query });
        if (this.#logSlow) this.#log.warn({ query, elapsedMs: Math.round(elapsedMs) }, "slow query");
      }
    }
  }
}

/** Connection settings for the `pg` library. */
export function connectionOf(config: Pick<DatabaseConfig, "DB_HOST" | "DB_PORT" | "DB_NAME" | "DB_USER" | "DB_PASSWORD" | "DB_SSL">): pg.ClientConfig {
  return { host: config.DB_HOST, port: config.DB_PORT, database: config.DB_NAME, user: config.DB_USER, password: config.DB_PASSWORD, ssl: config.DB_SSL };
}

/** True when Postgres does not take the role's password: SQLSTATE 28P01. */
function isRefusedPassword(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "28P01";
}
