import type { Cache } from "../platform/cache.ts";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import type { HealthFinding } from "../platform/health.ts";
import type { JobQueue } from "../platform/job-queue.ts";
import { memoryUsedRatio } from "../platform/memory.ts";
import { listTenants } from "../platform/tenant.ts";
import { lastRunFailed } from "../runs/sql/newest-run.ts";
import { recentInterventions } from "../runs/sql/interventions.ts";
import { assessHealth } from "./assess.ts";

export interface HealthReport {
  readonly databaseConnected: boolean;
  readonly findings: readonly HealthFinding[];
  /** How often the watchdog put something right in the last 24 hours; null when that cannot be read. */
  readonly interventions: number | null;
}

/** A probe must be answered before whoever asks gives up. */
const TIMEOUT_MS = 2_000;

const schemaSql = "SELECT version FROM schema_version WHERE success ORDER BY installed_rank DESC LIMIT 1";

/** Looks at the parts of the service and judges their health. */
export class HealthMonitor {
  readonly #parts: { readonly config: Config; readonly database: Database; readonly cache: Cache; readonly jobs: JobQueue };

  constructor(parts: { readonly config: Config; readonly database: Database; readonly cache: Cache; readonly jobs: JobQueue }) {
    this.#parts = parts;
  }

  async report(): Promise<HealthReport> {
    const { config, database, cache, jobs } = this.#parts;
    const databaseConnected = await database.answers(TIMEOUT_MS);
    const findings = assessHealth({
      databaseConnected,
      schemaVersion: databaseConnected ? await this.#schemaVersion() : null,
      redisUp: cache.redisUp(),
      jobQueueReady: jobs.ready,
      lastRunFailed: databaseConnected && (await this.#someRunFailed().catch(() => false)),
      memoryPercent: 100 * memoryUsedRatio(),
      memoryWarningPercent: config.MEMORY_WARNING_THRESHOLD_PERCENT,
    });
    const interventions = databaseConnected ? await recentInterventions(database).catch(() => null) : null;
    return { databaseConnected, findings, interventions };
  }

  async #someRunFailed(): Promise<boolean> {
    const { database } = this.#parts;
    const failed = await Promise.all((await listTenants(database)).map((tenant) => lastRunFailed(database.of(tenant))));
    return failed.includes(true);
  }

  async #schemaVersion(): Promise<string | null> {
    try {
      const [row] = await this.#parts.database.query<{ version: string }>("schema.version", schemaSql);
      return row?.version ?? null;
    } catch {
      return null;
    }
  }
}
