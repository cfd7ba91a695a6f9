import { backupMaxAgeHours, makesBackups } from "../backup.ts";
import type { Settings } from "../settings.ts";

/** Connections that stay free for people, migrations, the exporter and replication. */
const reservedConnections = 20;
const mostConnectionsPerPod = 20;
/** Pods of the rollout controller: one leads, one stands by. */
export const rolloutControllers = 2;

/**
 * How many connections each pod may open, so that all pods together, with one
 * more of each role during a rolling update, never exhaust Postgres.
 */
export function poolSize({ api, worker, postgres }: Pick<Settings, "api" | "worker" | "postgres">): number {
  const mostPods = (api.autoscaling ? api.maxReplicas : api.replicas) + 1 + worker.replicas + 1 + rolloutControllers + 1;
  return Math.max(2, Math.min(mostConnectionsPerPod, Math.floor((postgres.maxConnections - reservedConnections) / mostPods)));
}

/** What the service reads from its environment and is no secret. A stack's `serviceEnvironment` wins. */
export function serviceEnvironment(settings: Settings, appVersion: string): Record<string, string> {
  return {
    NODE_ENV: settings.environment === "dev" ? "development" : settings.environment,
    PORT: "4000",
    APP_VERSION: appVersion,
    LOG_LEVEL: settings.logLevel,
    ...(makesBackups(settings) ? { BACKUP_MAX_AGE_HOURS: String(backupMaxAgeHours) } : {}),
    DATABASE_POOL_MAX: String(poolSize(settings)),
    ...(settings.alerting.emailFrom === "" ? {} : { MAIL_FROM: settings.alerting.emailFrom }),
    ...(settings.reports.emailTo === "" ? {} : { REPORT_TO: settings.reports.emailTo }),
    // Prometheus asks every 15 seconds, and restarts within a few minutes.
    METRICS_UNWATCHED_SECONDS: "600",
    ...settings.serviceEnvironment,
  };
}
