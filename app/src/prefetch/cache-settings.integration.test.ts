import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

describe("a setting of the cache", () => {
  let server: TestServer;
  let running: TestService[] = [];
  let holders: pg.Client[] = [];
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterEach(async () => {
    await Promise.all(holders.map((holder) => holder.end()));
    await Promise.all(running.map((app) => app.stop()));
    [running, holders] = [[], []];
  });
  afterAll(() => server.remove());

  const createDatabase = async () => {
    const database = await server.createDatabase();
    await server.query(database, "INSERT INTO items (tenant_id, sku, name) SELECT 'default', 'SKU-' || n, 'Item' FROM generate_series(1, 5) AS n");
    return database;
  };
  const start = async (environment: Record<string, string>, database?: string) => {
    const app = await startTestService(server, database ?? (await createDatabase()), "api+worker", { LOG_LEVEL: "info", FORECAST_CACHE_PRELOAD: "false", SCHEDULER_WATCHDOG_ENABLED: "false", ...environment });
    running.push(app);
    return app;
  };
  const value = async (app: TestService, series: string) => Number((await app.text("/metrics")).split("\n").find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? "0");
  /** Holds whoever reads a table; ends with the test, or when it is called. */
  const hold = async (database: string, table: string) => {
    const holder = new pg.Client({ ...server.superuser, database });
    await holder.connect();
    await holder.query(`BEGIN; LOCK TABLE ${table}`);
    holders.push(holder);
    return async () => {
      await holder.query("ROLLBACK");
    };
  };
  const untilHeld = (database: string, table: string, milliseconds: number) =>
    eventually(async () => {
      const held = await server.query(database, `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${table}%' AND now() - query_start > interval '${milliseconds} milliseconds'`);
      if (held.length === 0) throw new Error("nobody waits");
    });

  const caches = ["lists", "summaries", "queries", "forecasts"];
  const askAll = async (app: TestService, runId: string) => {
    for (const path of ["/api/items", "/api/inventory/summary", `/api/forecast/runs/${runId}/accuracy`, "/api/forecasts"]) expect((await app.get(path)).status).toBe(200);
  };
  const counted = async (app: TestService, what: "hits" | "misses") => Promise.all(caches.map((cache) => value(app, `cache_${what}_total{cache="${cache}"}`)));

  it("CACHE_TTL_ITEMS, CACHE_TTL_SUMMARY, QUERY_CACHE_TTL and FORECAST_CACHE_TTL: answers live as long as they say, and not at all when they are 0", async () => {
    const [short, none] = [await start({ CACHE_TTL_ITEMS: "1", CACHE_TTL_SUMMARY: "1", QUERY_CACHE_TTL: "1", FORECAST_CACHE_TTL: "1" }), await start({ CACHE_TTL_ITEMS: "0", CACHE_TTL_SUMMARY: "0", QUERY_CACHE_TTL: "0", FORECAST_CACHE_TTL: "0" })];
    const [shortRun, noneRun] = [await short.run(), await none.run()];
    const usual = await start({ ENABLE_PREDICTIVE_PREFETCH: "false" }, short.database);
    for (let turn = 0; turn < 2; turn += 1) {
      await askAll(usual, shortRun);
      await askAll(none, noneRun);
    }
    expect(await counted(usual, "hits")).toEqual([1, 1, 1, 1]);
    expect([await counted(none, "hits"), await counted(none, "misses")]).toEqual([[0, 0, 0, 0], [0, 0, 0, 0]]);
    await eventually(async () => {
      await askAll(short, shortRun);
      for (const misses of await counted(short, "misses")) if (misses < 2) throw new Error("an answer lives on");
    });
  });

  it("CACHE_AUTO_CLEAR_STALE: what has expired is forgotten every CACHE_STALE_DETECTION_INTERVAL_MS", async () => {
    const brief = { CACHE_TTL_ITEMS: "1", CACHE_STALE_DETECTION_INTERVAL_MS: "100" };
    const [often, never, seldom] = [await start(brief), await start({ ...brief, CACHE_AUTO_CLEAR_STALE: "false" }), await start({ CACHE_TTL_ITEMS: "1" })];
    for (const app of [never, seldom, often]) await app.get("/api/items");
    await eventually(async () => {
      if ((await value(often, "cache_stale_cleared_total")) === 0) throw new Error("nothing was cleared yet");
    });
    expect([await value(never, "cache_stale_cleared_total"), await value(seldom, "cache_stale_cleared_total")]).toEqual([0, 0]);
  });

  it("MONITOR_CACHE_REBUILD_TIME: computing an answer for longer than CACHE_REBUILD_TIME_THRESHOLD_MS is logged", async () => {
    const database = await createDatabase();
    const apps = [await start({ CACHE_REBUILD_TIME_THRESHOLD_MS: "20" }, database), await start({ CACHE_REBUILD_TIME_THRESHOLD_MS: "20", MONITOR_CACHE_REBUILD_TIME: "false" }, database), await start({}, database)];
    const letGo = await hold(database, "items");
    const answers = apps.map((app) => app.get("/api/items"));
    await untilHeld(database, "FROM items", 100);
    await letGo();
    await Promise.all(answers);
    expect(apps.map(({ logged }) => logged.join("").includes("computing an answer for the cache was slow"))).toEqual([true, false, false]);
  });

  it("CACHE_PRELOAD_TIMEOUT_MS: filling the cache is given up after it", async () => {
    const database = await createDatabase();
    const letGo = await hold(database, "items");
    const warmup = { CACHE_WARMUP_ON_STARTUP: "true" };
    const [hasty, patient] = [await start({ ...warmup, CACHE_PRELOAD_TIMEOUT_MS: "100" }, database), await start(warmup, database)];
    await untilHeld(database, "FROM items", 300);
    await letGo();
    await eventually(async () => {
      for (const app of [hasty, patient]) if ((await value(app, 'cache_preload_duration_seconds_count{reason="startup"}')) === 0) throw new Error("still filling");
    });
    expect([await value(hasty, 'cache_preloads_given_up_total{reason="startup"}'), await value(patient, 'cache_preloads_given_up_total{reason="startup"}')]).toEqual([1, 0]);
  });

  it("ENABLE_CACHE_WARMUP: the cache is filled at the start, if CACHE_WARMUP_ON_STARTUP says so too", async () => {
    // What is asked for after a deploy is asked for after the filling at the start.
    const deploy = { CACHE_WARMUP_ON_STARTUP: "true", ENABLE_PREDICTIVE_PREFETCH: "true", PREFETCH_LEAD_TIME_MINUTES: "0" };
    const filled = async (environment: Record<string, string>) => {
      const app = await start({ ...deploy, ...environment });
      await eventually(async () => {
        if ((await value(app, 'cache_preload_duration_seconds_count{reason="deploy"}')) === 0) throw new Error("the deploy is not over");
      });
      return value(app, 'cache_preload_duration_seconds_count{reason="startup"}');
    };
    expect([await filled({}), await filled({ ENABLE_CACHE_WARMUP: "false" }), await filled({ CACHE_WARMUP_ON_STARTUP: "false" })]).toEqual([1, 0, 0]);
  });

  it("PREFETCH_TOP_N_QUERIES is how many of the most frequent queries are computed ahead, and PREFETCH_INCLUDE_RECENT adds as many of the last day", async () => {
    const limits = [11, 12, 13];
    const prefetched = async (environment: Record<string, string>) => {
      const database = await createDatabase();
      const asked = [[11, "10 days", 100], [12, "10 days", 50], [13, "1 hour", 10]].map(([limit, ago, requests]) => `('default', 'hash-${limit}', 'items.list {"active":"true","limit":${limit},"afterSku":""}', ${requests}, 1, now() - interval '${ago}')`);
      await server.query(database, `INSERT INTO query_log (tenant_id, query_hash, query_pattern, requests, duration_ms, created_at) VALUES ${asked.join(", ")}`);
      const app = await start({ CACHE_WARMUP_ON_STARTUP: "true", ...environment }, database);
      await eventually(async () => {
        if ((await value(app, 'cache_preload_duration_seconds_count{reason="startup"}')) === 0) throw new Error("still filling");
      });
      const known: number[] = [];
      for (const limit of limits) {
        const before = await value(app, 'cache_hits_total{cache="lists"}');
        await app.get(`/api/items?limit=${limit}`);
        if ((await value(app, 'cache_hits_total{cache="lists"}')) > before) known.push(limit);
      }
      return known;
    };
    expect(await prefetched({ PREFETCH_TOP_N_QUERIES: "1", PREFETCH_INCLUDE_RECENT: "false" })).toEqual([11]);
    expect(await prefetched({ PREFETCH_TOP_N_QUERIES: "2", PREFETCH_INCLUDE_RECENT: "false" })).toEqual([11, 12]);
    expect(await prefetched({ PREFETCH_TOP_N_QUERIES: "1", PREFETCH_INCLUDE_RECENT: "true" })).toEqual([11, 13]);
  }, 60_000);

  it("CACHE_PRELOAD_ASYNC: the worker goes on with other batches while the cache is filled after a run", async () => {
    const database = await createDatabase();
    const letGo = await hold(database, "query_log");
    const app = await start({ FORECAST_CACHE_PRELOAD: "true" }, database);
    await app.run();
    await untilHeld(database, "FROM query_log", 0);
    // The filling after the first run is held all the while.
    await app.run();
    expect(await value(app, 'cache_preload_duration_seconds_count{reason="run"}')).toBe(0);
    await letGo();
  });

  it("CACHE_PRELOAD_ASYNC=false: no other batch begins before the cache is filled", async () => {
    const database = await createDatabase();
    const letGo = await hold(database, "query_log");
    const app = await start({ FORECAST_CACHE_PRELOAD: "true", CACHE_PRELOAD_ASYNC: "false" }, database);
    await app.run();
    await untilHeld(database, "FROM query_log", 0);
    const next = app.run();
    // Twice as long as a worker takes to look for a batch.
    await untilHeld(database, "FROM query_log", 1_500);
    expect(await server.query(database, "SELECT count(*)::int AS runs FROM forecast_runs WHERE batches_done > 0")).toEqual([{ runs: 1 }]);
    await letGo();
    await next;
    expect(await value(app, 'cache_preload_duration_seconds_count{reason="run"}')).toBeGreaterThan(0);
  });
});
