import type { Cache } from "../platform/cache.ts";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import type { HealthFinding } from "../platform/health.ts";
import type { LatencyPercentiles, LatencyWatch } from "../platform/latency-watch.ts";
import type { JobQueue } from "../platform/job-queue.ts";
import { memoryUsedRatio } from "../platform/memory.ts";
import { listTenants } from "../platform/tenant.ts";
import { lastRunFailed } from "../runs/sql/newest-run.ts";
import { stalledRuns } from "../runs/sql/stalled-runs.ts";
import { recentInterventions } from "../runs/sql/interventions.ts";
import { assessHealth, assessReadiness, type Needs, type Observations } from "./assess.ts";
import { type HealthReport, readHealthReport } from "./sql/health-report.ts";
import type { ScrapeWatch } from "./scrape-watch.ts";

/** What a process says about itself and about what the health job found. */
export interface ObservedHealth {
  readonly databaseConnected: boolean;
  readonly findings: readonly HealthFinding[];
  /** How often the watchdog put something right in the last 24 hours; null when that cannot be read. */
  readonly interventions: number | null;
  /** What reading took in the last five minutes; undefined while that is not known or not watched. */
  readonly latency: LatencyPercentiles | undefined;
  /** Undefined before the first health job, and while the database does not answer. */
  readonly job: HealthReport | undefined;
}

/** A probe must be answered before whoever asks gives up. */
const TIMEOUT_MS = 2_000;

/**
 * How long it stays known that the database answers, and by which schema. Where
 * all connections are busy they answer, and a probe that queued for one would
 * take the pod out for its load and leave that to the others.
 */
const KNOWN_MS = 1_000;
const SCHEMA_KNOWN_MS = 5_000;

const schemaSql = "SELECT version FROM schema_version WHERE success ORDER BY installed_rank DESC LIMIT 1";

type ObservedRuns = Pick<Observations, "lastRunFailed" | "stalledRuns">;
const UNKNOWN_RUNS: ObservedRuns = { lastRunFailed: false, stalledRuns: 0 };

/** What a monitor looks at. */
export interface WatchedParts {
  readonly config: Config;
  readonly database: Database;
  readonly cache: Cache;
  readonly jobs: JobQueue;
  readonly watch: ScrapeWatch;
  readonly latency: LatencyWatch;
}

/** Looks at the parts of the service and judges their health, cheaply: what takes long, the health job has done. */
export class HealthMonitor {
  readonly #parts: WatchedParts;
  #schema: { readonly version: string; readonly readAt: number } | undefined;

  constructor(parts: WatchedParts) {
    this.#parts = parts;
  }

  /** What keeps the process from serving; none when it can. */
  async readiness(): Promise<readonly HealthFinding[]> {
    return assessReadiness(await this.#needs());
  }

  async report(): Promise<ObservedHealth> {
    const { config, database, cache, jobs, watch } = this.#parts;
    const latency = config.MONITOR_API_LATENCY_PERCENTILES ? this.#parts.latency.percentiles() : undefined;
    const needs = await this.#needs();
    const job = needs.databaseConnected ? await readHealthReport(database).catch(() => undefined) : undefined;
    const findings = assessHealth({
      ...needs,
      redisUp: cache.redisUp(),
      jobQueueReady: jobs.ready,
      ...(needs.databaseConnected ? await this.#runs() : UNKNOWN_RUNS),
      memoryPercent: 100 * memoryUsedRatio(),
      memoryWarningPercent: config.MEMORY_WARNING_THRESHOLD_PERCENT,
      latency,
      latencyLimits: { p95Ms: config.API_LATENCY_P95_THRESHOLD_MS, p99Ms: config.API_LATENCY_P99_THRESHOLD_MS },
      job,
      jobAgeSeconds: job === undefined ? 0 : (Date.now() - job.checkedAt.getTime()) / 1_000,
      unwatchedMinutes: watch.unwatchedMinutes(),
    });
    const interventions = needs.databaseConnected ? await recentInterventions(database).catch(() => null) : null;
    return { databaseConnected: needs.databaseConnected, findings, interventions, latency, job };
  }

  async #needs(): Promise<Needs> {
    const { database } = this.#parts;
    const databaseConnected = database.sinceAnswered < KNOWN_MS || (await database.answers(TIMEOUT_MS));
    return { databaseConnected, schemaVersion: databaseConnected ? await this.#schemaVersion() : null };
  }

  /** Of all tenants; what cannot be read raises no alarm: that the database does not answer is told already. */
  async #runs(): Promise<ObservedRuns> {
    const { config, database } = this.#parts;
    try {
      const tenants = (await listTenants(database)).map((tenant) => database.of(tenant));
      const [failed, stalled] = await Promise.all([Promise.all(tenants.map(lastRunFailed)), Promise.all(tenants.map((tenant) => stalledRuns(tenant, config.SCHEDULER_WATCHDOG_TIMEOUT_MS)))]);
      return { lastRunFailed: failed.includes(true), stalledRuns: stalled.flat().length };
    } catch {
      return UNKNOWN_RUNS;
    }
  }

  async #schemaVersion(): Promise<string | null> {
    if (this.#schema !== undefined && performance.now() - this.#schema.readAt < SCHEMA_KNOWN_MS) return this.#schema.version;
    try {
      const [row] = await this.#parts.database.query<{ version: string }>("schema.version", schemaSql);
      this.#schema = row && { version: row.version, readAt: performance.now() };
      return row?.version ?? null;
    } catch {
      return null;
    }
  }
}
