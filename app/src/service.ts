import { createMetrics, type Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { Registry } from "prom-client";
import { withDocumentation } from "./api/documentation-routes.ts";
import { graphqlRoutes } from "./api/graphql-routes.ts";
import { auditRoutes } from "./audit/routes.ts";
import { checkAccessSettings, createAccess } from "./auth/access.ts";
import { observeBackups } from "./backup/backup-metrics.ts";
import { itemsQuery } from "./catalog/items-query.ts";
import { catalogRoutes } from "./catalog/routes.ts";
import { demandRoutes } from "./demand/routes.ts";
import { accuracyRoutes } from "./forecasting/accuracy-routes.ts";
import { FlagKeeper } from "./flags/flag-keeper.ts";
import { flagRoutes } from "./flags/routes.ts";
import { forecastsQuery } from "./forecasting/forecasts-query.ts";
import { forecastRoutes } from "./forecasting/routes.ts";
import { selectedModelRoutes } from "./forecasting/selected-models.ts";
import { healthQueue, workOnHealth } from "./health/health-job.ts";
import { HealthMonitor } from "./health/health-monitor.ts";
import { healthRoutes } from "./health/routes.ts";
import { ScrapeWatch, warnWhenUnwatched } from "./health/scrape-watch.ts";
import { observeTables } from "./health/table-metrics.ts";
import { maintenance } from "./maintenance/maintenance.ts";
import { maintenanceRoutes } from "./maintenance/routes.ts";
import { inventoryQuery, inventorySummaryQuery } from "./inventory/inventory-queries.ts";
import { inventoryRoutes } from "./inventory/routes.ts";
import { transactionRoutes } from "./inventory/transaction-routes.ts";
import { CachedQueries } from "./platform/cached-query.ts";
import { Cache, type CacheAging } from "./platform/cache.ts";
import type { Config } from "./platform/config.ts";
import { Database } from "./platform/db.ts";
import { UnauthorizedError } from "./platform/errors.ts";
import { overallStatus, statusValues } from "./platform/health.ts";
import { FlagSources } from "./platform/flag-sources.ts";
import { Flags } from "./platform/flags.ts";
import { createHttpApp } from "./platform/http-app.ts";
import { createHttpServer } from "./platform/http-server.ts";
import { JobQueue } from "./platform/job-queue.ts";
import { listen } from "./platform/listen.ts";
import { LatencyWatch } from "./platform/latency-watch.ts";
import type { Log } from "./platform/log.ts";
import { observeProcess } from "./platform/process-metrics.ts";
import { mountRoutes } from "./platform/route.ts";
import { scheduledQueues, workOnSchedule } from "./platform/scheduled-work.ts";
import { SmtpMailer } from "./platform/smtp-mailer.ts";
import { closeServer, type StopOptions } from "./platform/shutdown.ts";
import { Preloader } from "./prefetch/preloader.ts";
import { QueryLog } from "./prefetch/query-log.ts";
import { askForDeployPrefetch, scheduledPrefetch } from "./prefetch/scheduled-prefetch.ts";
import { replenishmentRoutes } from "./replenishment/routes.ts";
import { observeSuggestions } from "./replenishment/suggestion-metrics.ts";
import { reportRoutes } from "./report/routes.ts";
import { scheduledReport } from "./report/scheduled-report.ts";
import { ForecastThreads } from "./runs/forecast-threads.ts";
import { runQueues } from "./runs/queues.ts";
import { runRoutes } from "./runs/routes.ts";
import { runAccuracyQuery } from "./runs/run-accuracy.ts";
import { observeRuns } from "./runs/run-metrics.ts";
import { workOnRuns } from "./runs/run-worker.ts";
import { scheduledRuns } from "./runs/scheduled-runs.ts";
import { Watchdog } from "./runs/watchdog.ts";
import { keepThreadsAlive } from "./runs/worker-keepalive.ts";
import { workerStatusRoutes } from "./runs/worker-status.ts";

/** What a process does: answer the API, work on runs, or both (in development). */
export type ServiceRole = "api" | "worker" | "api+worker";

/** A process that serves. */
export interface Service {
  readonly port: number;
  readonly metrics: Metrics;
  /** Is not ready any more and takes no more jobs, goes on serving for the delay, lets running work finish and closes everything. */
  stop(options: StopOptions): Promise<void>;
}

/**
 * Starts a process of the service: its HTTP server first, so that it can say
 * what it waits for, then its connections in the background.
 *
 * @throws ConfigError when the role lacks a setting or the port is taken
 */
export async function startService(role: ServiceRole, config: Config, log: Log): Promise<Service> {
  const serves = role !== "worker";
  const works = role !== "api";
  if (serves) checkAccessSettings(config);

  const registry = new Registry();
  const metrics = createMetrics(registry, [...(serves ? (["api"] as const) : []), ...(works ? (["worker"] as const) : [])]);
  metrics.forecast_service_info.set({ version: config.APP_VERSION, role }, 1);
  const observeGauges = observeProcess(metrics);
  const database = new Database(config, metrics, log, `forecast-${role}`);
  const cache = new Cache({ redisUrl: config.REDIS_URL, aging: cacheAging(config), metrics, log });
  const clearing = config.CACHE_AUTO_CLEAR_STALE ? setInterval(() => cache.clearStale(), config.CACHE_STALE_DETECTION_INTERVAL_MS) : undefined;
  const flags = new Flags(config, metrics);
  const keeper = works && config.KUBERNETES_SERVICE_HOST !== undefined ? new FlagKeeper({ database, metrics, log }) : undefined;
  const flagSources = new FlagSources({ config, flags, metrics, log, observe: keeper?.observe.bind(keeper) });
  await flagSources.start();
  const queryLog = new QueryLog(database, metrics, log);
  const compression = { enabled: config.ENABLE_RESPONSE_COMPRESSION, thresholdBytes: config.COMPRESSION_THRESHOLD_BYTES };
  const queries = new CachedQueries({ cache, compression, observer: queryLog }, [itemsQuery, inventoryQuery, inventorySummaryQuery, forecastsQuery, runAccuracyQuery]);
  const preloader = new Preloader({ config, database, queries, flags, metrics, log });
  const mailer = config.SMTP_URL === undefined ? undefined : new SmtpMailer(config.SMTP_URL, config.MAIL_FROM);
  const scheduled = [...scheduledRuns(config, database), ...scheduledPrefetch(flags, preloader), maintenance({ config, database, cache, preloader, log }), ...scheduledReport({ config, database, mailer, metrics, log })];
  const jobs = new JobQueue(database, works ? "worker" : "client", [...runQueues(config.FORECAST_HEARTBEAT_SECONDS), ...scheduledQueues(scheduled, config.FORECAST_HEARTBEAT_SECONDS), healthQueue], log);
  let stopping = false;
  const watch = new ScrapeWatch(config.METRICS_UNWATCHED_SECONDS);
  warnWhenUnwatched(watch, log);
  const latency = new LatencyWatch();
  const monitor = new HealthMonitor({ config, database, cache, jobs, watch, latency });

  const observeTableGauges = serves ? observeTables(database, metrics) : undefined;
  const beforeScrape = async () => {
    watch.scraped();
    observeGauges();
    await flagSources.observe();
    database.observePool();
    const ofTheApi = serves ? [observeRuns(database, metrics, config, log), observeSuggestions(database, metrics), observeBackups(database, metrics, config), observeTableGauges?.()] : [];
    const [{ findings, job }] = await Promise.all([monitor.report(), ...ofTheApi]);
    metrics.inventory_forecasting_health_status.set(statusValues[overallStatus(findings)]);
    for (const { name, status } of job?.checks ?? []) metrics.health_check_status.set({ check: name }, statusValues[status]);
  };
  const feature = { config, database, cache, queries, flags, jobs, metrics, log, mailer };
  const access = serves ? createAccess(feature) : undefined;
  const routes = [
    ...healthRoutes({ config, flags, cache, monitor, isStopping: () => stopping }),
    ...(access !== undefined ? [access.routes, auditRoutes(), catalogRoutes(feature), inventoryRoutes(feature), transactionRoutes(feature), demandRoutes(feature), forecastRoutes(feature), runRoutes(feature), maintenanceRoutes(feature), accuracyRoutes(), selectedModelRoutes(), replenishmentRoutes(feature), flagRoutes(feature), reportRoutes(feature), workerStatusRoutes(feature), graphqlRoutes(feature)].flat() : []),
  ];
  const identify = access?.identify ?? (() => Promise.reject(new UnauthorizedError("This process has no API.")));
  const handlers = [...(access === undefined ? [] : [access.limit]), mountRoutes(serves ? withDocumentation(routes, config.APP_VERSION) : routes, { identify, database, maxBodyBytes: config.REQUEST_MAX_BYTES })];
  const server = createHttpServer(createHttpApp({ config, metrics, registry, log, latency, beforeScrape, handlers }), config.REQUEST_TIMEOUT_SECONDS);
  const port = await listen(server, config.PORT);
  log.info({ port }, "listening");

  const stopped = new AbortController();
  const prepared = access?.prepare(stopped.signal);
  const keeping = keeper?.keep(stopped.signal);
  const threads = works ? new ForecastThreads({ threads: config.FORECAST_THREADS, keepOne: config.ML_SERVICE_KEEPALIVE, stallMs: config.SCHEDULER_WATCHDOG_TIMEOUT_MS }) : undefined;
  const watchdog = new Watchdog({ config, database, metrics, log }, scheduled);
  const connected = jobs.connect(async (boss) => {
    if (config.SVC_JWT !== undefined && serves) await workOnHealth(boss, { config, database, metrics, log, origin: `http://127.0.0.1:${port}`, token: config.SVC_JWT });
    if (threads === undefined) return;
    await workOnRuns(boss, { config, database, cache, flags, metrics, log, threads, preloader });
    await workOnSchedule(boss, scheduled);
  });
  const watching = connected.then(async (boss) => {
    if (boss === undefined) return;
    const warmed = serves && config.ENABLE_CACHE_WARMUP && config.CACHE_WARMUP_ON_STARTUP ? preloader.preloadAll("startup") : undefined;
    await warmed?.catch((error: unknown) => log.warn({ err: error }, "the cache could not be filled at the start"));
    if (threads === undefined) return;
    await askForDeployPrefetch(jobs, config, flags).catch((error: unknown) => log.warn({ err: error }, "the prefetch after the deploy could not be asked for"));
    await Promise.all([watchdog.watch(boss, stopped.signal), config.ML_SERVICE_KEEPALIVE ? keepThreadsAlive({ config, database, threads, log }, stopped.signal) : undefined]);
  });

  const stopWork = async (timeoutMs: number) => {
    await jobs.stop(timeoutMs).catch((error: unknown) => log.warn({ err: error }, "the job queue did not stop cleanly; its jobs are taken over when their heartbeat is missed"));
    await watching;
    await threads?.close();
  };
  const close = async () => {
    clearInterval(clearing);
    await queryLog.close();
    cache.close();
    await flagSources.stop();
    await database.close();
  };
  return {
    port,
    metrics,
    stop: async (options) => {
      stopping = true;
      stopped.abort();
      await Promise.all([stopWork(options.drainMs), closeServer(server, options), prepared, keeping]);
      await close();
    },
  };
}

function cacheAging(config: Config): CacheAging {
  return {
    ttlSeconds: { lists: config.CACHE_TTL_ITEMS, summaries: config.CACHE_TTL_SUMMARY, queries: config.QUERY_CACHE_TTL, forecasts: config.FORECAST_CACHE_TTL },
    staleMs: config.CACHE_STALE_WHILE_REVALIDATE ? config.CACHE_STALE_TTL_MS : 0,
    slowMs: config.MONITOR_CACHE_REBUILD_TIME ? config.CACHE_REBUILD_TIME_THRESHOLD_MS : undefined,
  };
}
