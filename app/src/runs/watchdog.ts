import type { PgBoss } from "pg-boss";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { pause } from "../platform/pause.ts";
import type { ScheduledWork } from "../platform/scheduled-work.ts";
import { stableId } from "../platform/stable-id.ts";
import { listTenants } from "../platform/tenant.ts";
import { BATCH_QUEUE, type BatchJob, RUN_QUEUE, type RunJob } from "./queues.ts";
import { lastDue } from "./schedule.ts";
import { type InterventionKind, recordIntervention } from "./sql/interventions.ts";
import { scheduleMissed } from "./sql/missed-schedule.ts";
import { type StalledRun, stalledRuns } from "./sql/stalled-runs.ts";

export interface WatchdogContext {
  readonly config: Config;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** The scheduler looks for what is due twice a minute; what it has not started after this, it has missed. */
const SCHEDULE_GRACE_MS = 120_000;

/**
 * Looks after what nobody else notices. Batches of dead workers come back by
 * their heartbeat, and a computation that hangs is ended where it runs; the
 * watchdog finds runs whose jobs are gone and times at which no worker was
 * there. Every worker has one, and one at a time looks: a second one would find
 * nothing to do, because everything it asks for is asked for once.
 */
export class Watchdog {
  readonly #context: WatchdogContext;
  readonly #works: readonly ScheduledWork[];

  constructor(context: WatchdogContext, works: readonly ScheduledWork[]) {
    this.#context = context;
    this.#works = works;
  }

  /** Looks now and every SCHEDULER_WATCHDOG_INTERVAL_MS, until `signal` is aborted. */
  async watch(boss: PgBoss, signal: AbortSignal): Promise<void> {
    const { config, log } = this.#context;
    if (!config.SCHEDULER_WATCHDOG_ENABLED) return;
    while (!signal.aborted) {
      await this.check(boss, new Date()).catch((error: unknown) => log.warn({ err: error }, "the watchdog could not look; it tries again"));
      await pause(config.SCHEDULER_WATCHDOG_INTERVAL_MS, signal);
    }
  }

  /** Looks once at all runs and schedules. */
  async check(boss: PgBoss, now: Date): Promise<void> {
    await this.#context.database.transaction(async (transaction) => {
      const [lock] = await transaction.query<{ held: boolean }>("watchdog.lock", "SELECT pg_try_advisory_xact_lock(hashtext('forecast-watchdog')) AS held");
      if (lock?.held !== true) return;
      await this.#checkRuns(boss);
      await this.#checkSchedules(boss, now);
    });
  }

  async #checkRuns(boss: PgBoss): Promise<void> {
    const { config, database } = this.#context;
    for (const tenant of await listTenants(database)) {
      for (const run of await stalledRuns(database.of(tenant), config.SCHEDULER_WATCHDOG_TIMEOUT_MS)) {
        const lost = run.planLost || run.lostBatches.length > 0;
        await this.#intervene("stalled-run", run.runId, lost ? () => resume(boss, tenant, run) : undefined);
      }
    }
  }

  async #checkSchedules(boss: PgBoss, now: Date): Promise<void> {
    for (const { queue, crons } of this.#works) {
      for (const cron of crons) {
        const due = lastDue(cron, now);
        if (now.getTime() - due.getTime() < SCHEDULE_GRACE_MS || !(await scheduleMissed(this.#context.database, queue, cron, due))) continue;
        await this.#intervene("missed-schedule", queue, async () => {
          await boss.insert(queue, [{ id: stableId(queue, due.toISOString()), data: {} }]);
        });
      }
    }
  }

  /** Counts what was found and, unless it may not, mends it; without `mend` there is nothing to be done but to say so. */
  async #intervene(kind: InterventionKind, subject: string, mend: (() => Promise<void>) | undefined): Promise<void> {
    const { config, database, metrics, log } = this.#context;
    metrics.forecast_watchdog_findings_total.inc({ kind });
    const mended = mend !== undefined && config.ENABLE_SELF_HEALING;
    if (mended) {
      await mend();
      metrics.forecast_watchdog_interventions_total.inc({ kind });
    }
    await recordIntervention(database, kind, subject, mended);
    log.warn({ kind, subject, mended }, mended ? "the watchdog found and mended a fault" : "the watchdog found a fault");
  }
}

async function resume(boss: PgBoss, tenant: string, { runId, trigger, selection, planLost, lostBatches }: StalledRun): Promise<void> {
  if (planLost) await boss.insert(RUN_QUEUE, [{ data: { tenant, trigger, selection, runId } satisfies RunJob }]);
  if (lostBatches.length > 0) await boss.insert(BATCH_QUEUE, lostBatches.map((batchNo) => ({ data: { tenant, runId, batchNo } satisfies BatchJob })));
}
