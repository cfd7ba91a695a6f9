import { OLDEST_SCHEMA } from "@forecast-stack/migrations/accepted-schema.ts";
import type { HealthFinding } from "../platform/health.ts";

/** What health rests on. */
export interface Observations {
  readonly databaseConnected: boolean;
  /** The version of the newest migration; null when there is none or it cannot be read. */
  readonly schemaVersion: string | null;
  /** Undefined when no Redis is configured. */
  readonly redisUp: boolean | undefined;
  readonly jobQueueReady: boolean;
  readonly lastRunFailed: boolean;
  readonly memoryPercent: number;
  readonly memoryWarningPercent: number;
}

/** Judges what was observed; no finding means healthy. */
export function assessHealth(observed: Observations): HealthFinding[] {
  const findings: HealthFinding[] = [];
  if (!observed.databaseConnected) return [{ severity: "unhealthy", reason: "The database does not answer." }];
  if (observed.schemaVersion === null || observed.schemaVersion.localeCompare(OLDEST_SCHEMA, "en", { numeric: true }) < 0) {
    findings.push({ severity: "unhealthy", reason: `The database's schema is ${observed.schemaVersion ?? "not there"}; this release needs ${OLDEST_SCHEMA} or newer.` });
  } else if (!observed.jobQueueReady) {
    findings.push({ severity: "degraded", reason: "The job queue is not connected: no run can be started." });
  }
  if (observed.redisUp === false) findings.push({ severity: "degraded", reason: "Redis does not answer: each process uses a cache of its own." });
  if (observed.lastRunFailed) findings.push({ severity: "degraded", reason: "The last forecast run failed." });
  if (observed.memoryPercent > observed.memoryWarningPercent) {
    findings.push({ severity: "degraded", reason: `Memory is at ${observed.memoryPercent.toFixed(1)} %, above ${observed.memoryWarningPercent} %.` });
  }
  return findings;
}
