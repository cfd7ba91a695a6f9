import { z } from "zod";
import type { Cache } from "../platform/cache.ts";
import type { Config } from "../platform/config.ts";
import { overallStatus } from "../platform/health.ts";
import { publicRoute, type Route } from "../platform/route.ts";
import { nextRun } from "../runs/schedule.ts";
import { checkSchema } from "./check.ts";
import type { Flags } from "../platform/flags.ts";
import type { HealthMonitor } from "./health-monitor.ts";

const readiness = z.object({ status: z.enum(["ready", "not ready"]), reasons: z.array(z.string()).optional() });
const cacheHealth = z.object({ enabled: z.boolean(), ttl: z.int(), hitRate: z.number().nullable() });
const health = z.object({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  version: z.string(),
  uptime: z.int(),
  mapeThreshold: z.number(),
  scheduler: z.object({ enabled: z.boolean(), nextRun: z.iso.datetime() }),
  streaming: z.object({ enabled: z.boolean(), batchSize: z.int() }),
  cache: z.object({ queryCache: cacheHealth, forecastCache: cacheHealth.extend({ preloadEnabled: z.boolean() }) }),
  monitoring: z.object({ itemMapeEnabled: z.boolean(), watchdogEnabled: z.boolean(), selfHealingEnabled: z.boolean(), watchdogInterventions: z.int().nullable(), apiLatency: z.object({ requests: z.int(), p95Ms: z.number(), p99Ms: z.number() }).nullable() }),
  database: z.object({ connected: z.boolean() }),
  /** When the health job made the checks; null before its first run. */
  checkedAt: z.iso.datetime().nullable(),
  checks: z.array(checkSchema),
  reasons: z.array(z.string()).optional(),
});

/** `/health/live`, `/health/ready` and `/api/health`; every role has them. */
export function healthRoutes(parts: { readonly config: Config; readonly flags: Flags; readonly cache: Cache; readonly monitor: HealthMonitor; readonly isStopping: () => boolean }): Route[] {
  const { config, flags, cache, monitor, isStopping } = parts;
  const describe = async (): Promise<z.infer<typeof health>> => {
    const { databaseConnected, findings, interventions, latency, job } = await monitor.report();
    return {
      status: overallStatus(findings),
      version: config.APP_VERSION,
      uptime: Math.floor(process.uptime()),
      mapeThreshold: config.MAPE_THRESHOLD,
      scheduler: { enabled: true, nextRun: nextRun(config.CRON_DAILY, new Date()).toISOString() },
      streaming: { enabled: config.ENABLE_STREAMING_FORECAST, batchSize: config.FORECAST_BATCH_SIZE },
      cache: {
        queryCache: { enabled: cache.enabled("queries"), ttl: config.QUERY_CACHE_TTL, hitRate: cache.hitRate("queries") },
        forecastCache: { enabled: cache.enabled("forecasts"), ttl: config.FORECAST_CACHE_TTL, preloadEnabled: config.FORECAST_CACHE_PRELOAD, hitRate: cache.hitRate("forecasts") },
      },
      monitoring: { itemMapeEnabled: config.ENABLE_ITEM_MAPE_MONITORING, watchdogEnabled: config.SCHEDULER_WATCHDOG_ENABLED, selfHealingEnabled: config.ENABLE_SELF_HEALING, watchdogInterventions: interventions, apiLatency: latency ?? null },
      database: { connected: databaseConnected },
      checkedAt: job?.checkedAt.toISOString() ?? null,
      checks: job?.checks ?? [],
      // Only when there is something to say.
      ...(findings.length > 0 ? { reasons: findings.map(({ reason }) => reason) } : {}),
    };
  };
  return [
    // Restarting the process would not bring Postgres or Redis back, so liveness does not ask them.
    publicRoute({
      method: "get",
      path: "/health/live",
      tag: "health",
      summary: "Say that the process is alive, and by which revision of the feature flags it answers.",
      answers: { 200: { description: "It is.", schema: z.object({ status: z.literal("live"), flags: z.string() }) } },
      handle: ({ response }) => response.json({ status: "live", flags: flags.revision }),
    }),
    publicRoute({
      method: "get",
      path: "/health/ready",
      tag: "health",
      summary: "Say whether the process can serve.",
      answers: { 200: { description: "It can.", schema: readiness }, 503: { description: "It cannot, and why.", schema: readiness } },
      handle: async ({ response }) => {
        if (isStopping()) {
          response.status(503).json({ status: "not ready", reasons: ["The process is stopping."] });
          return;
        }
        const reasons = (await monitor.readiness()).map(({ reason }) => reason);
        response.status(reasons.length === 0 ? 200 : 503).json(reasons.length === 0 ? { status: "ready" } : { status: "not ready", reasons });
      },
    }),
    publicRoute({
      method: "get",
      path: "/api/health",
      tag: "health",
      summary: "Show the health of the service and how it is set up.",
      answers: { 200: { description: "It serves; when degraded, the reasons.", schema: health }, 503: { description: "It cannot serve, and why.", schema: health } },
      handle: async ({ response }) => {
        const described = await describe();
        response.status(described.status === "unhealthy" ? 503 : 200).json(described);
      },
    }),
    // Proxies and API servers keep the body of a 503 to themselves.
    publicRoute({
      method: "get",
      path: "/api/health/report",
      tag: "health",
      summary: "Show the same as /api/health, with status 200 whatever it is.",
      answers: { 200: { description: "The health of the service.", schema: health } },
      handle: async ({ response }) => response.json(await describe()),
    }),
  ];
}
