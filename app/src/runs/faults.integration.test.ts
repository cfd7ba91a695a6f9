import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { asSuperuser } from "../../embedded/provision.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { spawnService, startTestService, testEnvironment, type TestService } from "../test-support/test-service.ts";

const ITEMS = 200;

describe("a fault in the middle of a forecast run", () => {
  let server: TestServer;
  let database: string;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.remove());
  beforeEach(async () => {
    database = await server.createDatabase();
    await query(`INSERT INTO items (tenant_id, sku, name) SELECT 'default', 'SKU-' || n, 'Item' FROM generate_series(1, ${ITEMS}) AS n`);
    await query(`INSERT INTO demand_history SELECT 'default', 'main', material_id, DATE '2024-01-01' + day, 10 + (day * 7 + length(sku)) % 5 FROM items, generate_series(0, 59) AS day`);
  });

  const query = async <Row extends pg.QueryResultRow>(sql: string) => asSuperuser(server.superuser, database, async (client) => (await client.query<Row>(sql)).rows);

  /** Lets a few batches be stored and then holds every worker in the middle of storing one; returns the way to let them go. */
  const holdWorkersInTheMiddle = async (runId: string): Promise<() => Promise<void>> => {
    const holder = new pg.Client({ ...server.superuser, database });
    // The restart of the server cuts this connection too.
    holder.on("error", () => undefined);
    await holder.connect();
    await eventually(async () => {
      const [run] = await query<{ done: number }>(`SELECT batches_done AS done FROM forecast_runs WHERE run_id = '${runId}'`);
      if ((run?.done ?? 0) < 2) throw new Error("the run has hardly begun");
    }, 60_000);
    await holder.query("BEGIN; LOCK TABLE forecasts IN SHARE MODE");
    await eventually(async () => {
      const waiting = await query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO forecast_variants%'");
      if (waiting.length === 0) throw new Error("no worker is storing a batch");
    });
    return () => holder.end().catch(() => undefined);
  };

  const expectEachItemOnce = async (runId: string, items = ITEMS) => {
    expect(await query(`SELECT count(*)::int AS forecasts, count(DISTINCT material_id)::int AS items FROM forecasts WHERE run_id = '${runId}'`)).toEqual([{ forecasts: items, items }]);
    expect(await query(`SELECT status, batches_done, batches_total FROM forecast_runs WHERE run_id = '${runId}'`)).toEqual([{ status: "completed", batches_done: 20, batches_total: 20 }]);
  };
  const untilCompleted = (runId: string, withinMs = 60_000) =>
    eventually(async () => {
      const [run] = await query<{ status: string }>(`SELECT status FROM forecast_runs WHERE run_id = '${runId}'`);
      if (run?.status !== "completed") throw new Error(`the run is ${run?.status ?? "not there"}`);
    }, withinMs);
  const slowly = { FORECAST_BATCH_SIZE: "10", STREAMING_BATCH_DELAY_MS: "150" };

  it("Postgres is restarted: the service says so, and the run finishes by itself with each item once", async () => {
    const app: TestService = await startTestService(server, database, "api+worker", slowly);
    try {
      const runId = String((await app.post("/api/forecast/trigger")).body["runId"]);
      await holdWorkersInTheMiddle(runId);
      await server.stop();

      expect((await app.get("/health/live")).status).toBe(200);
      expect(await app.get("/health/ready")).toMatchObject({ status: 503, body: { reasons: ["The database does not answer."] } });
      expect(await app.get("/api/health")).toMatchObject({ status: 503, body: { status: "unhealthy", database: { connected: false } } });
      expect(await app.get("/api/inventory")).toMatchObject({ status: 503, body: { title: "Service unavailable", detail: "The database does not answer." } });
      expect(await app.text("/metrics")).toMatch(/^inventory_forecasting_health_status 0$/m);

      await server.start();
      await untilCompleted(runId);
      await expectEachItemOnce(runId);
      expect((await app.get("/api/health")).body["status"]).toBe("healthy");
    } finally {
      await app.stop();
    }
  }, 90_000);

  it("a worker is killed: another one takes its batch over within 60 s, with each item once", async () => {
    const environment = { ...testEnvironment(server, database), ...slowly };
    const api = await startTestService(server, database, "api");
    const doomed = spawnService(["worker"], environment);
    const runId = String((await api.post("/api/forecast/trigger")).body["runId"]);
    const letGo = await holdWorkersInTheMiddle(runId);
    doomed.process.kill("SIGKILL");
    await doomed.exit;
    const killedAt = Date.now();
    await letGo();
    expect(await query("SELECT state FROM pgboss.job WHERE name = 'forecast-batch' AND state = 'active'")).toHaveLength(1);

    const successor = spawnService(["worker"], environment);
    try {
      await untilCompleted(runId);
      expect(Date.now() - killedAt).toBeLessThan(60_000);
      await expectEachItemOnce(runId);
      expect(await query("SELECT kind, subject, mended FROM watchdog_interventions")).toEqual([{ kind: "dead-worker", subject: runId, mended: true }]);
      expect((await api.get("/api/health")).body).toMatchObject({ monitoring: { watchdogInterventions: 1 } });
    } finally {
      successor.process.kill("SIGTERM");
      await api.stop();
      expect(await successor.exit).toBe(0);
    }
  }, 90_000);

  it("a worker is killed in a run of 2,000 items: there are exactly 2,000 results", async () => {
    await query("INSERT INTO items (tenant_id, sku, name) SELECT 'default', 'MORE-' || n, 'Item' FROM generate_series(1, 1800) AS n");
    await query("INSERT INTO demand_history SELECT 'default', 'main', material_id, DATE '2024-01-01' + day, 10 + (day * 7 + length(sku)) % 5 FROM items, generate_series(0, 29) AS day WHERE sku LIKE 'MORE-%'");
    const environment = { ...testEnvironment(server, database), FORECAST_BATCH_SIZE: "100" };
    const api = await startTestService(server, database, "api");
    const doomed = spawnService(["worker"], environment);
    const runId = String((await api.post("/api/forecast/trigger")).body["runId"]);
    const letGo = await holdWorkersInTheMiddle(runId);
    doomed.process.kill("SIGKILL");
    await doomed.exit;
    await letGo();
    const successor = spawnService(["worker"], environment);
    try {
      await untilCompleted(runId, 180_000);
      await expectEachItemOnce(runId, 2_000);
    } finally {
      successor.process.kill("SIGTERM");
      await api.stop();
      await successor.exit;
    }
  }, 240_000);

  it("a worker is asked to stop: it finishes its batch and leaves the rest to others", async () => {
    const environment = { ...testEnvironment(server, database), ...slowly };
    const api = await startTestService(server, database, "api");
    const first = spawnService(["worker"], environment);
    const runId = String((await api.post("/api/forecast/trigger")).body["runId"]);
    const letGo = await holdWorkersInTheMiddle(runId);
    first.process.kill("SIGTERM");
    await letGo();
    expect(await first.exit).toBe(0);
    expect(await query("SELECT state FROM pgboss.job WHERE name = 'forecast-batch' AND state = 'active'")).toEqual([]);
    const second = spawnService(["worker"], environment);
    try {
      await untilCompleted(runId);
      await expectEachItemOnce(runId);
    } finally {
      second.process.kill("SIGTERM");
      await second.exit;
      await api.stop();
    }
  }, 90_000);

  it("a batch cannot be stored at all: the run ends as failed and says so", async () => {
    // Only this batch breaks, at each of its tries.
    await query("ALTER TABLE forecasts ADD CONSTRAINT broken CHECK (sku <> 'SKU-150')");
    await query("UPDATE items SET active = sku IN ('SKU-1', 'SKU-150')");
    const app = await startTestService(server, database, "api+worker", { FORECAST_BATCH_SIZE: "1" });
    // The retries of a real queue take a minute; their number is what matters here.
    await query("UPDATE pgboss.queue SET retry_limit = 1, retry_backoff = false WHERE name = 'forecast-batch'");
    try {
      const runId = await app.run();
      const { body } = await app.get(`/api/forecast/runs/${runId}`);
      expect(body).toMatchObject({ status: "failed", error: "Batch 2 failed in every try; the log of the workers has the reasons." });
      expect((await app.get("/api/health")).body).toMatchObject({ status: "degraded", reasons: ["The last forecast run failed."] });
      expect(await app.text("/metrics")).toMatch(/^forecast_runs_total\{trigger="manual",outcome="failed"\} 1$/m);
    } finally {
      await app.stop();
    }
  }, 60_000);
});
