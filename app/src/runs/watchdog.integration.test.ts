import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type pg from "pg";
import { asSuperuser } from "../../embedded/provision.ts";
import { readConfig } from "../platform/config.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

const MINUTE = 60_000;
/** Twelve hours away from now, so that no run of the tests meets it. */
const CRON_DAILY = `0 ${(new Date().getUTCHours() + 12) % 24} * * *`;
const watched = { SCHEDULER_WATCHDOG_INTERVAL_MS: "1000", SCHEDULER_WATCHDOG_TIMEOUT_MS: "1000", CRON_DAILY };

describe("the watchdog", () => {
  let server: TestServer;
  let database: string;
  let app: TestService | undefined;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  beforeEach(async () => {
    database = await server.createDatabase();
    await query("INSERT INTO items (tenant_id, sku, name) SELECT 'default', 'SKU-' || n, 'Item' FROM generate_series(1, 4) AS n");
  });
  afterEach(() => app?.stop());
  afterAll(() => server.remove());

  const query = async <Row extends pg.QueryResultRow>(sql: string) => asSuperuser(server.superuser, database, async (client) => (await client.query<Row>(sql)).rows);
  const runs = () => query<{ runId: string; trigger: string; selection: string; status: string }>('SELECT run_id AS "runId", trigger, selection, status FROM forecast_runs ORDER BY selection DESC');

  /** A run of two batches whose jobs nobody has any more. */
  const loseBatches = async () => {
    await query(`INSERT INTO forecast_runs (run_id, tenant_id, trigger, status, requested_at, started_at, as_of, items_total, batches_total, selection)
                 VALUES ('00000000-0000-4000-8000-000000000001', 'default', 'manual', 'running', now() - interval '10 minutes', now() - interval '10 minutes', current_date, 4, 2, 'reuse')`);
    await query(`INSERT INTO forecast_batches (run_id, tenant_id, batch_no, material_ids, facility_ids)
                 SELECT '00000000-0000-4000-8000-000000000001', 'default', n % 2 + 1, array_agg(material_id), array_agg('main'::text)
                 FROM (SELECT material_id, row_number() OVER () AS n FROM items) AS numbered GROUP BY n % 2`);
  };
  const untilCompleted = async (count: number) =>
    eventually(async () => {
      const done = (await runs()).filter(({ status }) => status === "completed");
      if (done.length !== count) throw new Error(JSON.stringify(await runs()));
    }, 60_000);
  const counted = (name: string, kind: string) => eventually(async () => {
    if (!new RegExp(`^forecast_watchdog_${name}_total\\{kind="${kind}"\\} [1-9]`, "m").test((await app?.text("/metrics")) ?? "")) throw new Error("not counted");
  });

  it("finishes a run whose batches nobody would come to, and says so in the health", async () => {
    await loseBatches();
    app = await startTestService(server, database, "api+worker", watched);
    await untilCompleted(1);
    expect(await query("SELECT count(*)::int AS forecasts, count(DISTINCT material_id)::int AS items FROM forecasts")).toEqual([{ forecasts: 4, items: 4 }]);
    await counted("interventions", "stalled-run");
    expect((await app.get("/api/health")).body).toMatchObject({ monitoring: { watchdogEnabled: true, selfHealingEnabled: true, watchdogInterventions: 1 } });
  }, 90_000);

  it("takes a run for stalled after two minutes without progress and looks every five, which makes seven at most", async () => {
    const { SCHEDULER_WATCHDOG_TIMEOUT_MS: timeout, SCHEDULER_WATCHDOG_INTERVAL_MS: interval } = readConfig({});
    expect([timeout, interval, timeout + interval]).toEqual([2 * MINUTE, 5 * MINUTE, 7 * MINUTE]);
    const [late, busy] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
    await loseBatches();
    await query(`INSERT INTO forecast_runs SELECT (jsonb_populate_record(r, jsonb_build_object('run_id', '${busy}'))).* FROM forecast_runs r`);
    for (const [runId, seconds] of [[late, 150], [busy, 60]] as const) await query(`UPDATE forecast_runs SET requested_at = now() - interval '${seconds} seconds', started_at = now() - interval '${seconds} seconds' WHERE run_id = '${runId}'`);
    app = await startTestService(server, database, "api+worker", { CRON_DAILY });
    await untilCompleted(1);
    expect(await query("SELECT kind, subject FROM watchdog_interventions")).toEqual([{ kind: "stalled-run", subject: late }]);
  }, 90_000);

  it("starts a run whose job is gone before it was split into batches", async () => {
    const api = await startTestService(server, database, "api");
    const { body } = await api.post("/api/forecast/trigger");
    await api.stop();
    await query("DELETE FROM pgboss.job");
    app = await startTestService(server, database, "api+worker", watched);
    await untilCompleted(1);
    expect(await runs()).toMatchObject([{ runId: body["runId"], trigger: "manual" }]);
  }, 90_000);

  it("starts what was due while no worker was there, once", async () => {
    const before = await startTestService(server, database, "api+worker", { ...watched, SCHEDULER_WATCHDOG_ENABLED: "false" });
    await before.stop();
    expect(await runs()).toEqual([]);
    await query("UPDATE pgboss.schedule SET updated_on = now() - interval '8 days'");
    app = await startTestService(server, database, "api+worker", watched);
    await untilCompleted(2);
    expect(await runs()).toMatchObject([
      { trigger: "schedule", selection: "reuse" },
      { trigger: "schedule", selection: "anew" },
    ]);
    await counted("interventions", "missed-schedule");
    expect(await query("SELECT count(*)::int AS found FROM watchdog_interventions WHERE kind = 'missed-schedule' AND subject LIKE 'forecast-%'")).toEqual([{ found: 2 }]);
  }, 90_000);

  it("only tells what it finds when it may not mend it", async () => {
    await loseBatches();
    app = await startTestService(server, database, "api+worker", { ...watched, ENABLE_SELF_HEALING: "false" });
    await counted("findings", "stalled-run");
    expect(await app.text("/metrics")).toMatch(/^forecast_watchdog_interventions_total\{kind="stalled-run"\} 0$/m);
    expect(await runs()).toMatchObject([{ status: "running" }]);
    expect((await app.get("/api/health")).body).toMatchObject({ monitoring: { watchdogEnabled: true, selfHealingEnabled: false, watchdogInterventions: 0 } });
  }, 90_000);
});
