import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type pg from "pg";
import { asSuperuser } from "../../embedded/provision.ts";
import { listColumns, listTables, readContents } from "../backup/contents.ts";
import { migrationsDirectory, startTestServer, type TestServer } from "../test-support/test-database.ts";
import { type Migration, readMigrations } from "./migration-files.ts";
import { migrateUndo, migrateUp } from "./migrate.ts";
import { readRecordedSchema } from "./recorded-schema.ts";
import { dumpSchema } from "./schema-dump.ts";

/** Rows that come with the version that makes their table, so that every later migration is rehearsed on them. */
const rows: Readonly<Record<string, string>> = {
  "0.0.2": `
    INSERT INTO items (tenant_id, sku, name, category) SELECT 'default', 'sku-' || n, 'Item ' || n, NULLIF('c' || n % 3, 'c0') FROM generate_series(1, 200) n;
    INSERT INTO inventory (tenant_id, facility_id, material_id, quantity_on_hand) SELECT tenant_id, 'main', material_id, 5 FROM items;
    INSERT INTO demand_history SELECT tenant_id, 'main', material_id, date '2026-01-01' + day, (day * 7 % 5)::float8 / 3 FROM items, generate_series(0, 29) day`,
  "0.0.3": `
    INSERT INTO forecast_runs (run_id, tenant_id, trigger, status, summary) VALUES ('00000000-0000-4000-8000-000000000001', 'default', 'manual', 'completed', '{"overall": {"mape": 12.5}}');
    INSERT INTO forecast_batches (run_id, batch_no, material_ids, facility_ids) SELECT '00000000-0000-4000-8000-000000000001', 1, array_agg(material_id), array_agg('main'::text) FROM items;
    INSERT INTO forecasts (run_id, tenant_id, facility_id, material_id, sku, period, forecast_date, point, lower_80, upper_80, lower_95, upper_95, model, selection, history_periods, mape_excluded, actual_sum, error_sum)
      SELECT '00000000-0000-4000-8000-000000000001', tenant_id, 'main', material_id, sku, 'day', '2026-02-01', '{1,2.5}', '{0,0}', '{2,3}', '{0,0}', '{3,4}', 'ses', '{}', 30, 0, 10, 1 FROM items`,
  "0.0.6": `INSERT INTO audit_log (tenant_id, actor, actor_kind, action, entity, entity_id, after) SELECT 'default', 'a', 'user', 'create', 'item', sku, to_jsonb(i) FROM items i`,
  "0.0.7": `
    INSERT INTO users (tenant_id, email, password_hash, role) SELECT 'default', 'u' || n || '@example.com', 'x', 'viewer' FROM generate_series(1, 20) n;
    INSERT INTO refresh_tokens (token_hash, tenant_id, user_id, family_id, expires_at) SELECT sha256(email::bytea), tenant_id, user_id, user_id, '2026-03-01' FROM users;
    INSERT INTO service_tokens (tenant_id, name, token_hash, role, created_by) SELECT tenant_id, email, sha256(email::bytea), 'viewer', 'a' FROM users;
    INSERT INTO password_resets (token_hash, tenant_id, user_id, expires_at) SELECT sha256(email::bytea), tenant_id, user_id, '2026-03-01' FROM users`,
  "0.0.9": `
    UPDATE items SET unit_cost = 2.5, lead_time_days = 7, supplier = 'S';
    INSERT INTO inventory_transactions (tenant_id, reference, type, facility_id, material_id, quantity, on_hand_change, on_order_change, allocated_change, actor) SELECT tenant_id, sku, 'receipt', 'main', material_id, 5, 5, -5, 0, 'a' FROM items`,
  "0.0.10": `INSERT INTO watchdog_interventions (kind, subject, mended) SELECT 'stalled-run', 'run ' || n, true FROM generate_series(1, 20) n`,
  "0.0.11": `INSERT INTO query_log (tenant_id, query_hash, query_pattern, requests, duration_ms) SELECT 'default', 'h' || n, 'q {}', n, n / 3.0 FROM generate_series(1, 20) n`,
  "0.0.12": `
    INSERT INTO replenishment_suggestions (tenant_id, facility_id, material_id, quantity, quantity_on_hand, quantity_on_order, quantity_allocated, daily_demand, lead_time_days, service_level, safety_stock, safety_stock_method, reorder_point, reorder_point_method, reasons)
      SELECT tenant_id, 'main', material_id, 12, 5, 0, 0, 1.5, 7, 0.95, 3, 'basic', 13.5, 'mean-plus-safety-stock', '{low}' FROM items`,
  "0.0.14": `INSERT INTO health_report (checked_at, status, failures, checks) VALUES ('2026-02-01', 'degraded', 1, '[{"name": "database"}]')`,
  "0.0.15": `INSERT INTO backups (name, created_at, bytes, schema_version, checked_at, intact) VALUES ('forecast-20260201T013000Z', '2026-02-01', 1000, '0.0.15', '2026-02-01', true)`,
  "0.0.16": `
    INSERT INTO forecast_variants (run_id, tenant_id, facility_id, material_id, variant, served, model, parameters, point, lower_80, upper_80, lower_95, upper_95, mape_excluded, actual_sum, error_sum)
      SELECT run_id, tenant_id, facility_id, material_id, 'regular', true, model, '{"alpha": 0.5}', point, lower_80, upper_80, lower_95, upper_95, 0, 10, 1 FROM forecasts;
    INSERT INTO forecast_models (tenant_id, facility_id, material_id, regular_model, hybrid_model, selection, run_id) SELECT tenant_id, facility_id, material_id, 'ses', 'croston', '{}', run_id FROM forecasts`,
  "0.0.17": `
    INSERT INTO forecast_accuracy_metrics (tenant_id, facility_id, material_id, measurement_period_start, measurement_period_end, model, periods, mape_excluded, mae, rmse, tracking_signal, actual_sum)
      SELECT tenant_id, 'main', material_id, '2026-01-01', '2026-01-30', 'ses', 30, 3, 0.5, 0.7, -1.5, 20 FROM items;
    INSERT INTO forecast_workers (worker, version, threads, answered_ms) VALUES ('w', '0.1.0', 2, 1.5)`,
  "0.0.18": `
    INSERT INTO flag_changes (change_no, map, key, flag, after, changed_by, changed_at, map_uid, resource_version, previous_hash, hash)
      SELECT n, 'overrides', 'ENABLE_HYBRID_FORECASTING', 'ENABLE_HYBRID_FORECASTING', 'true', 'a', '2026-02-01', 'u', n, 'h' || n - 1, 'h' || n FROM generate_series(1, 20) n`,
};

describe("every migration, on a database with rows", () => {
  let server: TestServer;
  let migrations: readonly Migration[];
  beforeAll(async () => {
    server = await startTestServer();
    migrations = await readMigrations(migrationsDirectory);
  }, 60_000);
  afterAll(() => server.remove());

  /** All tables with their columns and contents, as they are now. */
  const stateOf = async (client: pg.Client) => {
    const tables = await listTables(client);
    const columns = new Map<string, string[]>();
    for (const table of tables) columns.set(table, await listColumns(client, table));
    return { columns, contents: await readContents(client, tables), schema: await dumpSchema(client) };
  };

  it("can be undone and applied again without touching the rows that were there before it, or leaving the schema different", async () => {
    const database = await server.createEmptyDatabase();
    const run = { connection: server.connection("owner", database), directory: migrationsDirectory, connectTimeoutMs: 0, onReport: () => undefined };
    await asSuperuser(server.superuser, database, async (client) => {
      for (const { version } of migrations) {
        const before = await stateOf(client);
        await migrateUp(run, version);
        const after = await stateOf(client);
        await migrateUndo(run, { acceptDataLoss: true });
        const undone = await stateOf(client);
        expect({ version, ...undone }).toEqual({ version, ...before });
        await migrateUp(run, version);
        expect({ version, schema: (await stateOf(client)).schema }).toEqual({ version, schema: after.schema });
        // What was there before has the same values in the columns it had.
        const kept = [...before.columns.keys()].filter((table) => after.columns.has(table));
        expect({ version, contents: await readContents(client, kept, (table) => before.columns.get(table)) }).toEqual({ version, contents: before.contents.filter(({ table }) => kept.includes(table)) });
        if (rows[version] !== undefined) await client.query(rows[version]);
      }
      // A table that the next migration would be rehearsed on without rows. Those of pg-boss are its own.
      const { contents } = await stateOf(client);
      expect(contents.filter(({ table, rows: count }) => count === 0 && !table.startsWith("pgboss.")).map(({ table }) => table)).toEqual([]);
    });
  }, 120_000);

  it("that says its undo loses nothing, loses nothing", async () => {
    const database = await server.createEmptyDatabase();
    const run = { connection: server.connection("owner", database), directory: migrationsDirectory, connectTimeoutMs: 0, onReport: () => undefined };
    await asSuperuser(server.superuser, database, async (client) => {
      for (const { version, lossless } of migrations) {
        await migrateUp(run, version);
        if (rows[version] !== undefined) await client.query(rows[version]);
        if (!lossless) continue;
        const before = await stateOf(client);
        await migrateUndo(run, { acceptDataLoss: false });
        await migrateUp(run, version);
        expect({ version, contents: (await stateOf(client)).contents }).toEqual({ version, contents: before.contents });
      }
    });
  }, 120_000);

  it("together make the schema that was recorded in migrations/schema.sql (npm run schema:update records it)", async () => {
    const database = await server.createDatabase();
    const schema = await asSuperuser(server.superuser, database, dumpSchema);
    expect(schema.split("\n")).toEqual((await readRecordedSchema()).split("\n"));
  });
});
