import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { Registry } from "prom-client";
import { asSuperuser } from "../../embedded/provision.ts";
import { Cache } from "../platform/cache.ts";
import { type Config, readConfig } from "../platform/config.ts";
import { Database } from "../platform/db.ts";
import { JobQueue } from "../platform/job-queue.ts";
import { FEWEST_REQUESTS, LatencyWatch, WINDOW_MS } from "../platform/latency-watch.ts";
import { createLog } from "../platform/log.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, testEnvironment, type TestService } from "../test-support/test-service.ts";
import { checkNames } from "./check.ts";
import { runHealthJob } from "./health-job.ts";
import { HealthMonitor, type WatchedParts } from "./health-monitor.ts";
import { runChecks } from "./run-checks.ts";
import { ScrapeWatch } from "./scrape-watch.ts";

const log = createLog({ level: "fatal", role: "api", version: "test" });

describe("the health of the service", () => {
  let server: TestServer;
  let name: string;
  let app: TestService;
  let config: Config;
  let database: Database;
  let origin: string;
  const sql = <Row extends object>(text: string) => asSuperuser(server.superuser, name, async (client) => (await client.query<Row>(text)).rows);
  const check = async (wanted: (typeof checkNames)[number], change: { config?: Config; origin?: string; token?: string } = {}) => (await runChecks({ config, database, origin, token: SERVICE_TOKEN, ...change })).find((found) => found.name === wanted);
  /** A process's view of its health, apart from what is given that of a process without Redis and without requests. */
  const monitorOf = (parts: Partial<WatchedParts>) => {
    const cache = new Cache({ redisUrl: undefined, aging: { ttlSeconds: { lists: 1, summaries: 1, queries: 1, forecasts: 1 }, staleMs: 0, slowMs: undefined }, metrics: createMetrics(new Registry(), ["api"]), log });
    return new HealthMonitor({ config, database, cache, jobs: new JobQueue(database, "client", [], log), watch: new ScrapeWatch(0), latency: new LatencyWatch(), ...parts });
  };
  /** Breaks something, looks, and mends it again. */
  const broken = async <Result>(breakIt: string, look: () => Promise<Result>, mend: string) => {
    await sql(breakIt);
    try {
      return await look();
    } finally {
      await sql(mend);
    }
  };

  beforeAll(async () => {
    server = await startTestServer();
    name = await server.createDatabase();
    app = await startTestService(server, name);
    config = readConfig(testEnvironment(server, name));
    database = new Database(config, createMetrics(new Registry(), ["api"]), log, "health-test");
    origin = `http://127.0.0.1:${app.service.port}`;
    const days = Array.from({ length: 200 }, (_, day) => new Date(Date.UTC(2024, 4, 1 + day)).toISOString().slice(0, 10));
    await app.post("/api/items/import", "sku,name\nA-1,An item\n");
    await app.post("/api/demand/import", `sku,facility,date,quantity\n${days.map((day, index) => `A-1,main,${day},${10 + (index % 7)}`).join("\n")}\n`);
    await app.run();
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await app.stop();
    await server.remove();
  });

  it("is healthy in every check when nothing is broken", async () => {
    const checks = await runChecks({ config, database, origin, token: SERVICE_TOKEN });
    expect(checks.map((found) => `${found.name} ${found.status}`)).toEqual(checkNames.map((wanted) => `${wanted} healthy`));
    expect(checks.find((found) => found.name === "data-volume")?.values).toEqual({ items: 1, demandRecords: 200, forecasts: 1, accuracyMetrics: 0 });
  });

  it("counts what was measured of the accuracy of forecasts", async () => {
    const measured = `INSERT INTO forecast_accuracy_metrics (tenant_id, facility_id, material_id, measurement_period_start, measurement_period_end, model, periods, mape_excluded, mae, rmse, tracking_signal, actual_sum)
                      SELECT tenant_id, facility_id, material_id, '2024-01-01', '2024-01-30', model, 30, 0, 1, 1, 0, 1 FROM forecasts`;
    const found = await broken(measured, () => check("data-volume"), "DELETE FROM forecast_accuracy_metrics");
    expect(found).toMatchObject({ status: "healthy", message: "200 records of demand, 1 forecasts, 1 measures of their accuracy.", values: { accuracyMetrics: 1 } });
  });

  it("can serve while every connection is busy answering others", async () => {
    const busy = new Database(readConfig({ ...testEnvironment(server, name), DATABASE_POOL_MAX: "2", DATABASE_POOL_ACQUIRE_TIMEOUT_MS: "60000" }), createMetrics(new Registry(), ["api"]), log, "busy-test");
    try {
      const monitor = monitorOf({ database: busy });
      expect(await monitor.readiness()).toEqual([]);
      // More than the connections answer in the time that a probe waits.
      const statements = Promise.all(Array.from({ length: 30 }, () => busy.query("busy", "SELECT pg_sleep(0.2)")));
      await eventually(async () => expect((await sql<{ count: string }>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'busy-test' AND query LIKE '%pg_sleep%'"))[0]?.count).toBe("2"));
      expect(await monitor.readiness()).toEqual([]);
      await statements;
    } finally {
      await busy.close();
    }
  });

  /** What a process has seen whose requests all took 20 ms. */
  const requestsOf20Ms = () => {
    let now = 0;
    const latency = new LatencyWatch(() => now);
    for (let request = 0; request < FEWEST_REQUESTS; request += 1) latency.record(20);
    now = WINDOW_MS;
    return latency;
  };

  it.each([["API_LATENCY_P95_THRESHOLD_MS", "p95"], ["API_LATENCY_P99_THRESHOLD_MS", "p99"]])("is degraded when answers took longer than %s", async (setting, percentile) => {
    const found = async (milliseconds: string) => (await monitorOf({ config: readConfig({ ...testEnvironment(server, name), [setting]: milliseconds }), latency: requestsOf20Ms() }).report()).findings.filter(({ reason }) => reason.includes(percentile));
    expect(await found("22")).toEqual([]);
    expect(await found("18.5")).toEqual([{ severity: "degraded", reason: expect.stringMatching(/ms over \d+ requests in five minutes, above 18\.5 ms\.$/) }]);
  });

  it("shows how long answers took when MONITOR_API_LATENCY_PERCENTILES says so", async () => {
    const latency = requestsOf20Ms();
    const shown = async (setting: string) => (await monitorOf({ config: readConfig({ ...testEnvironment(server, name), MONITOR_API_LATENCY_PERCENTILES: setting }), latency }).report()).latency;
    expect(await shown("true")).toMatchObject({ requests: FEWEST_REQUESTS, p95Ms: expect.closeTo(20, 0) });
    expect(await shown("false")).toBeUndefined();
  });

  it("is unhealthy when the database does not answer", async () => {
    const nowhere = new Database({ ...config, DB_PORT: 1 }, createMetrics(new Registry(), ["api"]), log, "nowhere");
    const checks = await runChecks({ config, database: nowhere, origin, token: SERVICE_TOKEN });
    await nowhere.close();
    expect(checks.find((found) => found.name === "database")).toMatchObject({ status: "unhealthy", message: "The database does not answer." });
    expect(checks.find((found) => found.name === "tables")?.status).toBe("unhealthy");
    expect(checks.find((found) => found.name === "indexes")?.status).toBe("degraded");
  });

  it.each(["demand_history", "material_forecasts", "forecast_models", "forecast_accuracy_metrics", "replenishment_suggestions", "users", "audit_log"])("is unhealthy when %s is missing", async (table) => {
    expect(await broken(`ALTER TABLE ${table} RENAME TO gone`, () => check("tables"), `ALTER TABLE gone RENAME TO ${table}`)).toMatchObject({ status: "unhealthy", message: `Missing: ${table}.` });
  });

  it.each([
    ["has no row-level security", "ALTER TABLE items DISABLE ROW LEVEL SECURITY", "ALTER TABLE items ENABLE ROW LEVEL SECURITY"],
    ["does not bind its owner", "ALTER TABLE items NO FORCE ROW LEVEL SECURITY", "ALTER TABLE items FORCE ROW LEVEL SECURITY"],
    ["has lost its policy", "ALTER POLICY tenant_rows ON items RENAME TO other", "ALTER POLICY other ON items RENAME TO tenant_rows"],
  ])("is unhealthy when a table of tenants %s", async (_what, breakIt, mend) => {
    expect(await broken(breakIt, () => check("tables"), mend)).toMatchObject({ status: "unhealthy", message: "Row-level security does not keep tenants apart in items." });
  });

  it("is degraded when there are items but no demand", async () => {
    const found = await broken("CREATE TABLE kept AS TABLE demand_history; DELETE FROM demand_history", () => check("data-volume"), "INSERT INTO demand_history SELECT * FROM kept; DROP TABLE kept");
    expect(found).toMatchObject({ status: "degraded", values: { items: 1, demandRecords: 0 } });
  });

  it("is degraded when more items than allowed are of high variance, unless nobody wants to know", async () => {
    const bad = "UPDATE forecast_runs SET summary = jsonb_set(summary, '{overall,highVarianceItems}', '16')";
    const mend = "UPDATE forecast_runs SET summary = jsonb_set(summary, '{overall,highVarianceItems}', '0')";
    expect(await broken(bad, () => check("accuracy"), mend)).toMatchObject({ status: "degraded", message: "16 items have a MAPE far above the target, more than the 15 that are allowed." });
    expect(await broken(bad, () => check("accuracy", { config: { ...config, MAX_HIGH_VARIANCE_ITEMS_ALLOWED: 16 } }), mend)).toMatchObject({ status: "healthy" });
    expect(await broken(bad, () => check("accuracy", { config: { ...config, ALERT_ON_EXCESSIVE_VARIANCE: false } }), mend)).toMatchObject({ status: "healthy" });
  });

  it("is degraded when MAPE of the last 30 days is above 50 %", async () => {
    const found = await broken("ALTER TABLE forecasts ADD COLUMN kept double precision; UPDATE forecasts SET kept = item_mape, item_mape = 61.25", () => check("accuracy"), "UPDATE forecasts SET item_mape = kept; ALTER TABLE forecasts DROP COLUMN kept");
    expect(found).toMatchObject({ status: "degraded", message: "MAPE of the last 30 days is 61.3 %, above 50 %.", values: { mapePercent: 61.3 } });
  });

  it("is degraded when a pending suggestion is critical", async () => {
    await app.post("/api/inventory/import", "sku,facility,quantity_on_hand\nA-1,main,0\n");
    await app.send("POST", "/api/replenishment/generate");
    const found = await check("replenishment");
    await sql("DELETE FROM replenishment_suggestions");
    expect(found).toMatchObject({ status: "degraded", message: "1 of 1 pending suggestions is critical: nothing is left to promise.", values: { pending: 1, critical: 1 } });
  });

  it("is unhealthy when GraphQL does not answer, or refuses", async () => {
    expect(await check("graphql", { origin: "http://127.0.0.1:1" })).toMatchObject({ status: "unhealthy", message: "GraphQL does not answer." });
    expect(await check("graphql", { token: "not a token" })).toMatchObject({ status: "unhealthy", message: "GraphQL answers with status 401." });
  });

  it("is unhealthy when GraphQL lacks a query of its contract", async () => {
    const other = createServer((request, response) => {
      request.resume();
      response.setHeader("content-type", "application/json").end(JSON.stringify({ errors: [{ message: 'Cannot query field "getMaterialForecasts".' }] }));
    }).listen(0);
    await once(other, "listening");
    expect(await check("graphql", { origin: `http://127.0.0.1:${portOf(other)}` })).toMatchObject({ status: "unhealthy", message: 'GraphQL lacks a part of its contract: Cannot query field "getMaterialForecasts".' });
    other.close();
  });

  it("is degraded when reading demand takes longer than a second", async () => {
    const slowly = "CREATE FUNCTION slowly() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN true; END $$; CREATE POLICY slowly ON demand_history AS RESTRICTIVE USING (slowly())";
    const found = await broken(slowly, () => check("query-performance"), "DROP POLICY slowly ON demand_history; DROP FUNCTION slowly");
    expect(found).toMatchObject({ status: "degraded", message: expect.stringMatching(/^Reading demand history took \d+ ms, more than 1000 ms\.$/) });
  });

  it("is degraded when an index is missing or cannot be used", async () => {
    expect(await broken("ALTER INDEX idx_forecasts_item_date RENAME TO gone", () => check("indexes"), "ALTER INDEX gone RENAME TO idx_forecasts_item_date")).toMatchObject({ status: "degraded", message: "Missing: idx_forecasts_item_date." });
    const valid = (is: boolean) => `UPDATE pg_index SET indisvalid = ${is} WHERE indexrelid = 'idx_inventory_material'::regclass`;
    expect(await broken(valid(false), () => check("indexes"), valid(true))).toMatchObject({ status: "degraded", message: "Not usable: idx_inventory_material; REINDEX makes it again." });
  });

  describe("looked at by the health job", () => {
    let receiver: Server;
    let taken: { text: string; status: string; before: string; checks: { name: string }[] }[];
    let answer: number;
    const job = (environment: Record<string, string> = {}) =>
      runHealthJob({ config: readConfig({ ...testEnvironment(server, name), ALERT_WEBHOOK: `http://127.0.0.1:${portOf(receiver)}/secret-path`, ...environment }), database, metrics: createMetrics(new Registry(), ["api"]), log, origin, token: SERVICE_TOKEN });
    const breakIndex = "ALTER INDEX idx_inventory_material RENAME TO gone";
    const mendIndex = "ALTER INDEX gone RENAME TO idx_inventory_material";

    beforeEach(async () => {
      taken = [];
      answer = 200;
      receiver = createServer((request, response) => {
        let body = "";
        request.on("data", (part: Buffer) => (body += part.toString()));
        request.on("end", () => {
          if (answer === 200) taken.push(JSON.parse(body) as (typeof taken)[number]);
          response.writeHead(answer).end();
        });
      }).listen(0);
      await once(receiver, "listening");
      await sql("DELETE FROM health_report");
    });
    afterEach(() => {
      receiver.close();
    });

    it("tells the webhook of a fault once, and of its end", async () => {
      await job();
      expect(taken).toEqual([]);
      await broken(breakIndex, async () => [await job(), await job()], mendIndex);
      expect(taken).toMatchObject([{ status: "DEGRADED", before: "HEALTHY", checks: [{ name: "indexes" }] }]);
      expect(taken[0]?.text).toBe("The forecast service is degraded (it was healthy).\n• indexes: Missing: idx_inventory_material.");
      await job();
      expect(taken[1]).toMatchObject({ status: "HEALTHY", before: "DEGRADED", text: "The forecast service is healthy again (it was degraded).", checks: [] });
    });

    it("tells a webhook that refused by the next job", async () => {
      answer = 500;
      await broken(
        breakIndex,
        async () => {
          expect(await job()).toMatchObject({ status: "degraded", told: "healthy" });
          answer = 200;
          expect(await job()).toMatchObject({ status: "degraded", told: "degraded" });
        },
        mendIndex,
      );
      expect(taken).toHaveLength(1);
    });

    it("becomes unhealthy when MAX_HEALTH_FAILURES jobs in a row found it degraded, and healthy by one that does not", async () => {
      const statuses = await broken(breakIndex, async () => [(await job({ MAX_HEALTH_FAILURES: "3" })).status, (await job({ MAX_HEALTH_FAILURES: "3" })).status, (await job({ MAX_HEALTH_FAILURES: "3" })).status], mendIndex);
      expect(statuses).toEqual(["degraded", "degraded", "unhealthy"]);
      expect(await app.get("/api/health")).toMatchObject({ status: 503, body: { status: "unhealthy", reasons: ["indexes: Missing: idx_inventory_material.", "The last 3 health jobs all found fault with the service."] } });
      expect(await app.get("/api/health/report")).toMatchObject({ status: 200, body: { status: "unhealthy" } });
      // Its pods go on serving: taking them away would not mend an index.
      expect((await app.get("/health/ready")).status).toBe(200);
      await job({ MAX_HEALTH_FAILURES: "3" });
      expect((await app.get("/api/health")).body).toMatchObject({ status: "healthy" });
      expect(taken.map(({ status }) => status)).toEqual(["DEGRADED", "UNHEALTHY", "HEALTHY"]);
    });

    it("is shown with its checks by /api/health and /metrics, once a process has taken a job from the queue", async () => {
      expect((await app.get("/api/health")).body).toMatchObject({ checkedAt: null, checks: [] });
      expect(await sql("SELECT cron, timezone FROM pgboss.schedule WHERE name = 'health-check'")).toEqual([{ cron: "*/5 * * * *", timezone: "UTC" }]);
      await sql("INSERT INTO pgboss.job (name, data) VALUES ('health-check', '{}')");
      await eventually(async () => expect((await app.get("/api/health")).body["checks"]).toHaveLength(checkNames.length));
      expect(await app.text("/metrics")).toContain('health_check_status{check="indexes"} 2');
    });
  });
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
