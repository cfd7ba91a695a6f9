import { describe, expect, it } from "@jest/globals";
import { overallStatus } from "../platform/health.ts";
import { OLDEST_SCHEMA } from "@forecast-stack/migrations/accepted-schema.ts";
import { assessHealth, type Observations } from "./assess.ts";

const fine: Observations = {
  databaseConnected: true,
  schemaVersion: OLDEST_SCHEMA,
  redisUp: true,
  jobQueueReady: true,
  lastRunFailed: false,
  stalledRuns: 0,
  memoryPercent: 58,
  memoryWarningPercent: 70,
  job: undefined,
  jobAgeSeconds: 0,
  latency: { requests: 200, p95Ms: 25, p99Ms: 50 },
  latencyLimits: { p95Ms: 25, p99Ms: 50 },
  unwatchedMinutes: undefined,
};
const status = (change: Partial<Observations>) => overallStatus(assessHealth({ ...fine, ...change }));

describe("health", () => {
  it("is healthy when all is well, with or without a Redis", () => {
    expect(status({})).toBe("healthy");
    expect(status({ redisUp: undefined })).toBe("healthy");
  });

  it.each<[string, Partial<Observations>]>([
    ["Redis does not answer", { redisUp: false }],
    ["the last run failed", { lastRunFailed: true }],
    ["a run gets no further", { stalledRuns: 1 }],
    ["memory is above its threshold", { memoryPercent: 70.1 }],
    ["95 of 100 requests take too long", { latency: { requests: 200, p95Ms: 25.1, p99Ms: 50 } }],
    ["99 of 100 requests take too long", { latency: { requests: 200, p95Ms: 25, p99Ms: 50.1 } }],
    ["nobody reads the metrics", { unwatchedMinutes: 11 }],
    ["the job queue is not connected", { jobQueueReady: false }],
    ["a check of the health job found it so", { job: { status: "degraded", failures: 1, checks: [{ name: "indexes", status: "degraded", message: "Missing: x.", values: {} }] } }],
    ["the health job is late", { job: { status: "healthy", failures: 0, checks: [] }, jobAgeSeconds: 1_000 }],
  ])("is degraded when %s", (_what, change) => {
    expect(status(change)).toBe("degraded");
  });

  it.each<[string, Partial<Observations>]>([
    ["the database does not answer", { databaseConnected: false }],
    ["there is no schema", { schemaVersion: null }],
    ["the schema is too old", { schemaVersion: "0.0.3" }],
  ])("is unhealthy when %s", (_what, change) => {
    expect(status(change)).toBe("unhealthy");
  });

  it("accepts newer schemas, by number", () => {
    expect(status({ schemaVersion: "0.0.100" })).toBe("healthy");
  });

  it("names the reason", () => {
    expect(assessHealth({ ...fine, schemaVersion: "0.0.2" })).toEqual([{ severity: "unhealthy", reason: `The database's schema is 0.0.2; this release needs ${OLDEST_SCHEMA} or newer.` }]);
  });
});
