import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type pg from "pg";
import { asSuperuser } from "../../embedded/provision.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService } from "../test-support/test-service.ts";

/** Steady items, sparse ones that the rule gives to Croston, and erratic ones that it gives to TSB. */
const demandSql = `
  INSERT INTO demand_history
  SELECT 'default', 'main', material_id, DATE '2024-01-01' + day,
         CASE category WHEN 'steady' THEN 50 + (day * 7 + length(sku)) % 5
                       WHEN 'sparse' THEN CASE WHEN (day * day * 31 + day * 17) % 53 < 10 THEN 15 + day % 9 ELSE 0 END
                       ELSE 50 + CASE WHEN (day * day) % 31 < 3 THEN 500 ELSE 0 END END
  FROM items, generate_series(0, 199) AS day`;

describe("the two variants of a forecast", () => {
  let server: TestServer;
  let database: string;
  beforeAll(async () => {
    server = await startTestServer();
    database = await server.createDatabase();
    for (const category of ["steady", "sparse", "erratic"]) await query(`INSERT INTO items (tenant_id, sku, name, category) SELECT 'default', '${category}-' || n, 'Item', '${category}' FROM generate_series(1, 4) AS n`);
    await query(demandSql);
  }, 60_000);
  afterAll(() => server.remove());

  const query = async <Row extends pg.QueryResultRow>(sql: string) => asSuperuser(server.superuser, database, async (client) => (await client.query<Row>(sql)).rows);
  /** One run of a service with these settings. */
  const run = async (environment: Record<string, string> = {}): Promise<string> => {
    const app = await startTestService(server, database, "api+worker", environment);
    try {
      return await app.run();
    } finally {
      await app.stop();
    }
  };

  it("are both stored where they differ, and the one that is switched on is served", async () => {
    for (const [enabled, served] of [["true", "hybrid"], ["false", "regular"]] as const) {
      const runId = await run({ ENABLE_HYBRID_FORECASTING: enabled, MAPE_THRESHOLD: "1000" });
      const rows = await query<{ variant: string; served: boolean; same: boolean; category: string; model: string }>(
        `SELECT v.variant, v.served, v.point = f.point AND v.model = f.model AS same, i.category, v.model
         FROM forecast_variants v JOIN forecasts f USING (run_id, material_id, facility_id) JOIN items i USING (material_id) WHERE v.run_id = '${runId}'`,
      );
      expect(rows.filter(({ category }) => category === "sparse")).toHaveLength(8);
      expect(rows.filter(({ category }) => category === "steady")).toEqual([]);
      for (const row of rows) expect(row).toMatchObject({ served: row.variant === served, same: row.variant === served });
      expect(new Set(rows.filter(({ category, variant }) => category === "sparse" && variant === "hybrid").map(({ model }) => model))).toEqual(new Set(["croston"]));
      expect(await query(`SELECT DISTINCT variant FROM forecasts WHERE run_id = '${runId}'`)).toEqual([{ variant: served }]);
    }
  }, 60_000);

  it("go back to the regular one for every item of a run whose hybrid MAPE is above the threshold, and say so", async () => {
    const runId = await run({ MAPE_THRESHOLD: "0.1" });
    expect(await query(`SELECT DISTINCT variant, selection->>'served' AS served FROM forecasts WHERE run_id = '${runId}'`)).toEqual([{ variant: "regular", served: "regular" }]);
    expect(await query(`SELECT DISTINCT variant FROM forecast_variants WHERE run_id = '${runId}' AND served`)).toEqual([{ variant: "regular" }]);
    const [sparse] = await query<{ model: string; fallback: string }>(`SELECT model, selection->>'fallback' AS fallback FROM forecasts WHERE run_id = '${runId}' AND sku = 'sparse-1'`);
    expect(sparse?.model).not.toBe("croston");
    expect(sparse?.fallback).toMatch(/^the run's hybrid MAPE of .* % is above 0.1 %$/);
    const [{ hybrid } = { hybrid: {} }] = await query<{ hybrid: object }>(`SELECT summary->'hybrid' AS hybrid FROM forecast_runs WHERE run_id = '${runId}'`);
    expect(hybrid).toMatchObject({ reverted: true, items: expect.any(Number) });
  }, 60_000);

  it("come from models that the first run selected, until models are selected anew", async () => {
    const selections = () => query<{ runId: string; model: string }>("SELECT run_id AS \"runId\", hybrid_model AS model FROM forecast_models ORDER BY material_id");
    const first = await selections();
    expect(first).toHaveLength(12);
    const runId = await run({ MAPE_THRESHOLD: "1000" });
    expect(await query(`SELECT DISTINCT (selection->>'reused')::boolean AS reused FROM forecasts WHERE run_id = '${runId}'`)).toEqual([{ reused: true }]);
    expect(await selections()).toEqual(first);
    await query("DELETE FROM forecast_models WHERE hybrid_model = 'croston'");
    const next = await run({ MAPE_THRESHOLD: "1000" });
    expect((await selections()).filter(({ runId: selectedBy }) => selectedBy === next).map(({ model }) => model)).toEqual(["croston", "croston", "croston", "croston"]);
  }, 60_000);
});
