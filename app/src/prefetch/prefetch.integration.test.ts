import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { asSuperuser } from "../../embedded/provision.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestRedis, type TestRedis } from "../test-support/test-redis.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";
import { DEPLOY_MS } from "./scheduled-prefetch.ts";

describe("the cache, with several processes", () => {
  let server: TestServer;
  let redis: TestRedis;
  let database: string;
  let running: TestService[] = [];
  beforeAll(async () => {
    server = await startTestServer();
    redis = await startTestRedis();
  }, 60_000);
  beforeEach(async () => {
    database = await server.createDatabase();
    // Other tests leave their answers in the same Redis.
    await redis.stop();
    await redis.start();
    await query("INSERT INTO items (tenant_id, sku, name) SELECT 'default', 'SKU-' || n, 'Item' FROM generate_series(1, 40) AS n");
  });
  afterEach(async () => {
    await Promise.all(running.map((app) => app.stop()));
    running = [];
  });
  afterAll(async () => {
    await redis.stop();
    await server.remove();
  });

  const query = async <Row extends pg.QueryResultRow>(sql: string) => asSuperuser(server.superuser, database, async (client) => (await client.query<Row>(sql)).rows);
  const start = async (role: "api" | "api+worker", environment: Record<string, string> = {}) => {
    const app = await startTestService(server, database, role, { REDIS_URL: redis.url, ...environment });
    running.push(app);
    await eventually(async () => {
      if (!/^cache_redis_up 1$/m.test(await app.text("/metrics"))) throw new Error("Redis is not connected");
    });
    return app;
  };
  const value = async (app: TestService, series: string) => {
    const text = await app.text("/metrics");
    return Number(text.split("\n").find((line) => line.startsWith(`${series} `))?.slice(series.length + 1) ?? "0");
  };
  const computed = 'cache_rebuild_duration_seconds_count{cache="lists"}';

  it("computes an answer once, however many ask for it at the same time in two processes", async () => {
    const [one, two] = [await start("api"), await start("api")];
    const holder = new pg.Client({ ...server.superuser, database });
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE items");
    const answers = [one, two].flatMap((app) => Array.from({ length: 5 }, () => app.get("/api/items?limit=11")));
    // Held until one of them computes, so that all ask before there is an answer.
    await eventually(async () => {
      const waiting = await query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM items%'");
      if (waiting.length === 0) throw new Error("nobody computes");
    });
    await holder.end();
    for (const { status, body } of await Promise.all(answers)) expect({ status, items: (body["items"] as unknown[]).length }).toEqual({ status: 200, items: 11 });
    expect((await value(one, computed)) + (await value(two, computed))).toBe(1);
  });

  it("gives an answer whose time is over at once, and computes it anew for the next one", async () => {
    const app = await start("api", { CACHE_TTL_ITEMS: "1" });
    await app.get("/api/items");
    await eventually(async () => {
      await app.get("/api/items");
      if ((await value(app, 'cache_stale_served_total{cache="lists"}')) === 0) throw new Error("nothing was stale yet");
    });
    await eventually(async () => {
      if ((await value(app, computed)) < 2) throw new Error("not computed anew");
    });
    expect(await value(app, 'cache_misses_total{cache="lists"}')).toBe(1);
  });

  it.each([
    ["CACHE_STALE_WHILE_REVALIDATE", "false"],
    ["CACHE_STALE_TTL_MS", "0"],
  ])("gives no answer whose time is over with %s=%s", async (name, setting) => {
    const app = await start("api", { CACHE_TTL_ITEMS: "1", [name]: setting });
    await eventually(async () => {
      await app.get("/api/items");
      if ((await value(app, 'cache_misses_total{cache="lists"}')) < 2) throw new Error("the answer lives on");
    });
    expect(await value(app, 'cache_stale_served_total{cache="lists"}')).toBe(0);
  });

  it("is filled by maintenance with what was asked for most, so that it is there before it is asked for again", async () => {
    const first = await start("api");
    for (let request = 0; request < 3; request += 1) await first.get("/api/items?limit=13");
    await first.stop();
    running = [];
    expect(await query("SELECT tenant_id, query_pattern, requests FROM query_log")).toEqual([{ tenant_id: "default", query_pattern: 'items.list {"active":"true","limit":13,"afterSku":""}', requests: 3 }]);
    await redis.stop();
    await redis.start();

    const app = await start("api+worker");
    expect(await app.post("/jobs/maintenance")).toMatchObject({ status: 202, body: { jobId: expect.any(String) } });
    await eventually(async () => {
      if ((await value(app, 'cache_preload_duration_seconds_count{reason="maintenance"}')) === 0) throw new Error("no maintenance yet");
    });
    await app.get("/api/items?limit=13");
    expect(await value(app, 'cache_misses_total{cache="lists"}')).toBe(0);
    expect(await value(app, 'cache_hits_total{cache="lists"}')).toBe(1);
  });

  it("shows a new run when the worker that stored its last batch died before it could tell", async () => {
    const app = await start("api+worker");
    const shown = async () => (await app.get("/api/forecasts?limit=7")).body["runId"];
    const before = await app.run();
    // What follows this run must not be what shows the other one.
    await eventually(async () => {
      const [{ left } = { left: 1 }] = await query<{ left: number }>("SELECT count(*)::int AS left FROM pgboss.job WHERE name IN ('forecast-batch', 'maintenance') AND state < 'completed'");
      if (left > 0) throw new Error("the run is not over yet");
    });
    expect(await shown()).toBe(before);
    const next = "00000000-0000-4000-8000-000000000001";
    await query(`INSERT INTO forecast_runs SELECT (jsonb_populate_record(r, jsonb_build_object('run_id', '${next}', 'requested_at', now()))).* FROM forecast_runs r`);
    await query(`INSERT INTO forecast_batches SELECT (jsonb_populate_record(b, jsonb_build_object('run_id', '${next}'))).* FROM forecast_batches b WHERE batch_no = 1`);
    expect(await shown()).toBe(before);
    // As it comes back from the dead worker.
    await query(`INSERT INTO pgboss.job (name, data) VALUES ('forecast-batch', '{"tenant": "default", "runId": "${next}", "batchNo": 1}')`);
    await eventually(async () => expect(await shown()).toBe(next));
    expect(await value(app, 'forecast_batches_total{outcome="repeated"}')).toBe(1);
  }, 60_000);

  it("is filled before a service that starts is asked for anything", async () => {
    const app = await start("api", { CACHE_WARMUP_ON_STARTUP: "true" });
    await eventually(async () => {
      if ((await value(app, 'cache_preload_duration_seconds_count{reason="startup"}')) === 0) throw new Error("not warm yet");
    });
    await app.get("/api/items");
    expect(await value(app, 'cache_misses_total{cache="lists"}')).toBe(0);
  });

  it("is filled once after each deploy, however many workers the release has, and of the same version too", async () => {
    const release = { PREFETCH_LEAD_TIME_MINUTES: "0", ENABLE_PREDICTIVE_PREFETCH: "true" };
    const untilFilled = (times: number) =>
      eventually(async () => {
        const filled = await Promise.all(running.map((app) => value(app, 'cache_preload_duration_seconds_count{reason="deploy"}')));
        if (filled.reduce((sum, count) => sum + count, 0) < times) throw new Error("not filled yet");
      });
    const jobs = () => query("SELECT count(*)::int AS jobs FROM pgboss.job WHERE name = 'cache-prefetch' AND data ->> 'reason' = 'deploy'");
    // Two processes that start on both sides of this moment would count as two releases.
    await eventually(() => (Date.now() % DEPLOY_MS < DEPLOY_MS - 20_000 ? Promise.resolve() : Promise.reject(new Error("ten minutes are nearly over"))), 30_000);
    for (const pod of ["one", "two"]) await start("api+worker", { ...release, POD_NAME: `worker-7d9f8c6b5-${pod}` });
    await untilFilled(1);
    expect(await jobs()).toEqual([{ jobs: 1 }]);
    await start("api+worker", { ...release, POD_NAME: "worker-5c4b3a2d1-one" });
    await untilFilled(2);
    expect(await jobs()).toEqual([{ jobs: 2 }]);
  }, 90_000);

  it("is filled after a run, and old runs go", async () => {
    const app = await start("api+worker");
    await query("INSERT INTO forecast_runs (run_id, tenant_id, trigger, status, requested_at, finished_at) SELECT gen_random_uuid(), 'default', 'manual', 'completed', now() - interval '91 days', now() - interval '91 days'");
    await app.run();
    await eventually(async () => {
      if ((await value(app, 'cache_preload_duration_seconds_count{reason="run"}')) === 0) throw new Error("not filled yet");
      const [{ runs } = { runs: 0 }] = await query<{ runs: number }>("SELECT count(*)::int AS runs FROM forecast_runs");
      if (runs !== 1) throw new Error("the old run is still there");
    });
    await app.get("/api/forecasts");
    expect(await value(app, 'cache_misses_total{cache="forecasts"}')).toBe(0);
  });
});
