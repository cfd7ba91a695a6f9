import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import { newestBackups } from "./sql/newest-backups.ts";

/**
 * Sets the gauges of the backups as the database has them. What cannot be read,
 * or has never happened, is taken away: no old value looks like a new one.
 */
export async function observeBackups(database: Database, metrics: Metrics, { BACKUP_MAX_AGE_HOURS }: Config): Promise<void> {
  const newest = await newestBackups(database).catch(() => undefined);
  const gauges = {
    backup_max_age_seconds: BACKUP_MAX_AGE_HOURS === 0 ? null : BACKUP_MAX_AGE_HOURS * 3_600,
    backup_last_success_timestamp_seconds: newest?.madeAt ?? null,
    backup_size_bytes: newest?.bytes ?? null,
    backup_last_verified_timestamp_seconds: newest?.verifiedAt ?? null,
    backup_verification_failed: newest?.failed ?? null,
  } as const;
  for (const name of Object.keys(gauges) as (keyof typeof gauges)[]) {
    const value = gauges[name];
    if (value === null) metrics[name].remove();
    else metrics[name].set(value);
  }
}
