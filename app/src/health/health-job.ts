import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { PgBoss } from "pg-boss";
import type { QueueDefinition } from "../platform/job-queue.ts";
import type { Log } from "../platform/log.ts";
import { messageOf } from "../platform/thrown.ts";
import { judge } from "./check.ts";
import { type CheckedParts, runChecks } from "./run-checks.ts";
import { type HealthReport, readHealthReport, storeHealthReport } from "./sql/health-report.ts";
import { postChange } from "./webhook.ts";

/** The queue of health jobs. One that nobody took before the next is due is dropped: old looks are worth nothing. */
export const healthQueue = { name: "health-check", options: { retryLimit: 0, expireInSeconds: 120, retentionSeconds: 300 } } as const satisfies QueueDefinition;

/** What a health job works with. */
export type HealthJobParts = CheckedParts & { readonly metrics: Metrics; readonly log: Log };

/**
 * Takes part in health jobs. Processes of the API do, because they can ask
 * themselves what callers ask; which of them takes a job does not matter.
 */
export async function workOnHealth(boss: PgBoss, parts: HealthJobParts): Promise<void> {
  await boss.work(healthQueue.name, { pollingIntervalSeconds: POLLING_SECONDS }, async () => {
    await runHealthJob(parts);
  });
  await boss.schedule(healthQueue.name, parts.config.CRON_HEALTH_CHECK, null, { tz: "UTC" });
}

const POLLING_SECONDS = 2;

/**
 * Makes the checks, keeps what they found for every process to show, and tells
 * the webhook of each change. A message that the webhook does not take is sent
 * by the next job.
 */
export async function runHealthJob(parts: HealthJobParts): Promise<HealthReport> {
  const { config, database, metrics, log } = parts;
  const before = await readHealthReport(database);
  const checks = await runChecks(parts);
  const checkedAt = new Date();
  const verdict = judge(checks, before?.failures ?? 0, config.MAX_HEALTH_FAILURES);
  if (verdict.status !== "healthy") log.warn({ ...verdict, faults: checks.filter(({ status }) => status !== "healthy") }, "the health job found fault");

  // A service that was never found faulty has nothing to recover from.
  const known = before?.told ?? "healthy";
  let told = known;
  if (config.ALERT_WEBHOOK !== undefined && verdict.status !== known) {
    try {
      await postChange(config.ALERT_WEBHOOK, { status: verdict.status, before: known, checkedAt, version: config.APP_VERSION, checks });
      told = verdict.status;
      metrics.health_notifications_total.inc({ outcome: "sent" });
    } catch (error) {
      metrics.health_notifications_total.inc({ outcome: "failed" });
      log.warn({ reason: messageOf(error) }, "a change of the health status could not be told; the next health job tries again");
    }
  }
  const report = { ...verdict, checkedAt, checks, told };
  await storeHealthReport(database, report);
  return report;
}
