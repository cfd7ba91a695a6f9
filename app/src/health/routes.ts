import { Router } from "express";
import type { Cache } from "../platform/cache.ts";
import type { Config } from "../platform/config.ts";
import { overallStatus } from "../platform/health.ts";
import { nextRun } from "../runs/schedule.ts";
import type { HealthMonitor } from "./health-monitor.ts";

/** `/health/live`, `/health/ready` and `/api/health`; every role has them. */
export function healthRoutes(parts: { readonly config: Config; readonly cache: Cache; readonly monitor: HealthMonitor; readonly isStopping: () => boolean }): Router {
  const { config, cache, monitor, isStopping } = parts;
  const router = Router();

  // Restarting the process would not bring Postgres or Redis back, so liveness does not ask them.
  router.get("/health/live", (_request, response) => {
    response.json({ status: "live" });
  });

  router.get("/health/ready", async (_request, response) => {
    if (isStopping()) {
      response.status(503).json({ status: "not ready", reasons: ["The process is stopping."] });
      return;
    }
    const { findings } = await monitor.report();
    const reasons = findings.filter(({ severity }) => severity === "unhealthy").map(({ reason }) => reason);
    response.status(reasons.length === 0 ? 200 : 503).json(reasons.length === 0 ? { status: "ready" } : { status: "not ready", reasons });
  });

  router.get("/api/health", async (_request, response) => {
    const { databaseConnected, findings } = await monitor.report();
    const status = overallStatus(findings);
    response.status(status === "unhealthy" ? 503 : 200).json({
      status,
      version: config.APP_VERSION,
      uptime: Math.floor(process.uptime()),
      mapeThreshold: config.MAPE_THRESHOLD,
      scheduler: { enabled: true, nextRun: nextRun(config.CRON_DAILY, new Date()).toISOString() },
      streaming: { enabled: config.ENABLE_STREAMING_FORECAST, batchSize: config.FORECAST_BATCH_SIZE },
      cache: {
        queryCache: { enabled: cache.enabled("queries"), ttl: config.QUERY_CACHE_TTL, hitRate: cache.hitRate("queries") },
        forecastCache: { enabled: cache.enabled("forecasts"), ttl: config.FORECAST_CACHE_TTL, preloadEnabled: false, hitRate: cache.hitRate("forecasts") },
      },
      monitoring: { itemMapeEnabled: config.ENABLE_ITEM_MAPE_MONITORING, watchdogEnabled: false, selfHealingEnabled: false },
      database: { connected: databaseConnected },
      // Only when there is something to say.
      ...(findings.length > 0 ? { reasons: findings.map(({ reason }) => reason) } : {}),
    });
  });
  return router;
}
