import type { Queryable } from "../../platform/db.ts";
import type { HealthStatus } from "../../platform/health.ts";
import type { Check } from "../check.ts";

/** What the health job found last. */
export interface HealthReport {
  checkedAt: Date;
  status: HealthStatus;
  /** Jobs in a row that did not find everything healthy. */
  failures: number;
  checks: Check[];
  /** The status that the webhook took last. */
  told: HealthStatus | null;
}

const readSql = `SELECT checked_at AS "checkedAt", status, failures, checks, told FROM health_report`;

/** Undefined before the first job. */
export async function readHealthReport(database: Queryable): Promise<HealthReport | undefined> {
  const [report] = await database.query<HealthReport>("health.read", readSql);
  return report;
}

const storeSql = `
  INSERT INTO health_report (checked_at, status, failures, checks, told) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (only_row) DO UPDATE SET checked_at = excluded.checked_at, status = excluded.status, failures = excluded.failures, checks = excluded.checks, told = excluded.told`;

export async function storeHealthReport(database: Queryable, { checkedAt, status, failures, checks, told }: HealthReport): Promise<void> {
  await database.query("health.store", storeSql, [checkedAt, status, failures, JSON.stringify(checks), told]);
}
