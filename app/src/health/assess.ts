import { OLDEST_SCHEMA } from "@forecast-stack/migrations/accepted-schema.ts";
import type { HealthFinding } from "../platform/health.ts";
import type { LatencyPercentiles } from "../platform/latency-watch.ts";
import type { HealthReport } from "./sql/health-report.ts";

/** What a process needs in order to serve. */
export interface Needs {
  readonly databaseConnected: boolean;
  /** The version of the newest migration; null when there is none or it cannot be read. */
  readonly schemaVersion: string | null;
}

/** What health rests on. */
export interface Observations extends Needs {
  /** Undefined when no Redis is configured. */
  readonly redisUp: boolean | undefined;
  readonly jobQueueReady: boolean;
  readonly lastRunFailed: boolean;
  /** Runs without progress for longer than the watchdog allows. */
  readonly stalledRuns: number;
  readonly memoryPercent: number;
  readonly memoryWarningPercent: number;
  /** What reading took lately; undefined while that is not known or not watched. */
  readonly latency: LatencyPercentiles | undefined;
  readonly latencyLimits: { readonly p95Ms: number; readonly p99Ms: number };
  /** How long nobody has read the metrics; undefined while that is not too long. */
  readonly unwatchedMinutes: number | undefined;
  /** What the health job found last; undefined before its first run. */
  readonly job: Pick<HealthReport, "status" | "checks" | "failures"> | undefined;
  /** Seconds since it looked. */
  readonly jobAgeSeconds: number;
}

/** The health job is late after three of its usual intervals of five minutes. */
const JOB_LATE_SECONDS = 960;

/** Judges whether a process can serve; no finding means that it can. */
export function assessReadiness({ databaseConnected, schemaVersion }: Needs): HealthFinding[] {
  if (!databaseConnected) return [{ severity: "unhealthy", reason: "The database does not answer." }];
  if (schemaVersion !== null && schemaVersion.localeCompare(OLDEST_SCHEMA, "en", { numeric: true }) >= 0) return [];
  return [{ severity: "unhealthy", reason: `The database's schema is ${schemaVersion ?? "not there"}; this release needs ${OLDEST_SCHEMA} or newer.` }];
}

/** Judges what was observed; no finding means healthy. */
export function assessHealth(observed: Observations): HealthFinding[] {
  const findings = assessReadiness(observed);
  if (!observed.databaseConnected) return findings;
  if (findings.length === 0 && !observed.jobQueueReady) findings.push({ severity: "degraded", reason: "The job queue is not connected: no run can be started." });
  if (observed.redisUp === false) findings.push({ severity: "degraded", reason: "Redis does not answer: each process uses a cache of its own." });
  if (observed.lastRunFailed) findings.push({ severity: "degraded", reason: "The last forecast run failed." });
  if (observed.stalledRuns > 0) findings.push({ severity: "degraded", reason: `${observed.stalledRuns} forecast run${observed.stalledRuns === 1 ? " gets" : "s get"} no further; the watchdog looks into it.` });
  if (observed.unwatchedMinutes !== undefined) findings.push({ severity: "degraded", reason: `Nobody has read the metrics for ${observed.unwatchedMinutes} minutes: monitoring is down or cannot reach this process.` });
  if (observed.memoryPercent > observed.memoryWarningPercent) {
    findings.push({ severity: "degraded", reason: `Memory is at ${observed.memoryPercent.toFixed(1)} %, above ${observed.memoryWarningPercent} %.` });
  }
  return [...findings, ...assessLatency(observed), ...assessJob(observed)];
}

function assessLatency({ latency, latencyLimits }: Observations): HealthFinding[] {
  if (latency === undefined) return [];
  const slow = (["p95Ms", "p99Ms"] as const).filter((percentile) => latency[percentile] > latencyLimits[percentile]);
  return slow.map((percentile) => ({ severity: "degraded", reason: `The API's ${percentile.slice(0, 3)} was ${latency[percentile].toFixed(1)} ms over ${latency.requests} requests in five minutes, above ${latencyLimits[percentile]} ms.` }));
}

function assessJob({ job, jobAgeSeconds }: Observations): HealthFinding[] {
  if (job === undefined) return [];
  if (jobAgeSeconds > JOB_LATE_SECONDS) return [{ severity: "degraded", reason: `The health job has not looked for ${Math.round(jobAgeSeconds / 60)} minutes: is a worker running?` }];
  const findings = job.checks.flatMap(({ name, status, message }): HealthFinding[] => (status === "healthy" ? [] : [{ severity: status, reason: `${name}: ${message}` }]));
  const lasting = job.status === "unhealthy" && findings.every(({ severity }) => severity === "degraded");
  return lasting ? [...findings, { severity: "unhealthy", reason: `The last ${job.failures} health jobs all found fault with the service.` }] : findings;
}
