import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { asSuperuser } from "../../embedded/provision.ts";
import { getDemandHistory } from "../demand/demand-history.ts";
import { getAccuracyHistory } from "../forecasting/accuracy-history.ts";
import { calculateForecastAccuracy, getForecastAccuracySummary } from "../forecasting/forecast-accuracy.ts";
import { getMaterialForecasts } from "../forecasting/material-forecasts.ts";
import { newestDemandDay } from "../forecasting/sql/known-demand.ts";
import { getForecastModels } from "../forecasting/selected-models.ts";
import { listTransactions } from "../inventory/sql/list-transactions.ts";
import { HISTORY_PERIODS } from "../forecasting/demand-series.ts";
import type { TenantDatabase } from "../platform/db.ts";
import { topQueries } from "../prefetch/sql/top-queries.ts";
import { calculateSafetyStock } from "../replenishment/item-replenishment.ts";
import { getReplenishmentRecommendations } from "../replenishment/list-recommendations.ts";
import { readSeries } from "../replenishment/sql/read-series.ts";
import { readBatch } from "../runs/sql/read-batch.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";

/** 1,000 items with 1,000 days of demand, a forecast, a selected model, 150 measured periods and 200 transactions each; queries that 20 tenants asked for. */
const rows = `
  SET session_replication_role = replica;
  INSERT INTO items (tenant_id, sku, name) SELECT 'default', 'SKU-' || lpad(n::text, 4, '0'), 'Item ' || n FROM generate_series(1, 1000) AS n;
  INSERT INTO inventory (tenant_id, facility_id, material_id, quantity_on_hand) SELECT tenant_id, 'main', material_id, 100 FROM items;
  INSERT INTO demand_history (tenant_id, facility_id, material_id, demand_date, quantity)
    SELECT tenant_id, 'main', material_id, DATE '2021-10-06' + day, 1 + day % 7 FROM items CROSS JOIN generate_series(0, 999) AS day;
  INSERT INTO forecast_runs (run_id, tenant_id, trigger, status, as_of, finished_at) VALUES ('00000000-0000-4000-8000-000000000001', 'default', 'manual', 'completed', '2024-06-01', now());
  INSERT INTO forecasts (run_id, tenant_id, facility_id, material_id, sku, period, forecast_date, point, lower_80, upper_80, lower_95, upper_95, model, selection, history_periods, mape_excluded, actual_sum, error_sum)
    SELECT '00000000-0000-4000-8000-000000000001', tenant_id, 'main', material_id, sku, 'day', '2024-06-02', line, line, line, line, line, 'croston', '{}', 900, 0, 1, 1
    FROM items CROSS JOIN (SELECT array_fill(4::float8, ARRAY[90]) AS line) AS horizon;
  INSERT INTO inventory_transactions (tenant_id, reference, type, facility_id, material_id, quantity, on_hand_change, on_order_change, allocated_change, actor)
    SELECT tenant_id, sku || '-' || n, 'receipt', 'main', material_id, 1, 1, 0, 0, 'a' FROM generate_series(1, 200) AS n CROSS JOIN items;
  INSERT INTO forecast_models (tenant_id, facility_id, material_id, regular_model, hybrid_model, selection, run_id)
    SELECT tenant_id, 'main', material_id, 'holt', 'croston', '{}', '00000000-0000-4000-8000-000000000001' FROM items;
  INSERT INTO forecast_accuracy_metrics (tenant_id, facility_id, material_id, measurement_period_start, measurement_period_end, model, periods, mape_excluded, mae, rmse, tracking_signal, actual_sum)
    SELECT tenant_id, 'main', material_id, DATE '2024-01-01' + n, DATE '2024-01-30' + n, 'croston', 30, 0, 1, 1, 0, 1 FROM items CROSS JOIN generate_series(0, 149) AS n;
  INSERT INTO forecast_batches (run_id, tenant_id, batch_no, material_ids, facility_ids)
    SELECT '00000000-0000-4000-8000-000000000001', 'default', 1, array_agg(material_id), array_agg('main'::text) FROM (SELECT material_id FROM items ORDER BY sku LIMIT 20) AS batch;
  INSERT INTO query_log (tenant_id, query_hash, query_pattern, requests, duration_ms, created_at)
    SELECT CASE n % 20 WHEN 0 THEN 'default' ELSE 'tenant-' || n % 20 END, 'h' || n % 200, 'q' || n % 200, 1, 1, now() - n * interval '10 seconds' FROM generate_series(1, 200000) AS n;
  ANALYZE`;

describe("with a million days of demand", () => {
  let server: TestServer;
  let client: pg.Client;
  const plans = new Map<string, string>();
  /** Runs the statements of a feature as they are, and keeps the plan of each. */
  const explained = async <Row>(name: string, text: string, values: readonly unknown[] = []) => {
    const plan = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN ${text}`, [...values]);
    plans.set(name, plan.rows.map((line) => line["QUERY PLAN"]).join("\n"));
    return (await client.query(text, [...values])).rows as Row[];
  };
  const database: TenantDatabase = {
    tenant: "default",
    query: explained,
    read: explained,
    transaction: (work) => work({ query: explained }),
    stream: () => Promise.reject(new Error("nothing is streamed here")),
  };

  beforeAll(async () => {
    server = await startTestServer();
    const name = await server.createDatabase();
    await asSuperuser(server.superuser, name, (superuser) => superuser.query(rows));
    client = new pg.Client(server.connection("app", name));
    await client.connect();
    await client.query("SELECT set_config('app.tenant_id', 'default', false)");
  }, 240_000);
  afterAll(async () => {
    await client.end();
    await server.remove();
  }, 30_000);

  const sku = "SKU-0500";
  const runId = "00000000-0000-4000-8000-000000000001";
  it.each<[query: string, statement: string, index: string, ask: () => Promise<unknown>]>([
    ["getDemandHistory", "demand.list", "idx_demand_history_material_date_range", () => getDemandHistory(database, { sku, from: "2024-01-01", to: "2024-03-31", limit: 90 })],
    ["getMaterialForecasts", "forecasts.list", "idx_forecasts_run_sku", () => getMaterialForecasts(database, { run: undefined, sku, model: null, limit: 50, cursor: undefined })],
    ["calculateSafetyStock", "replenishment.read-one", "demand_history_pkey", () => calculateSafetyStock(database, { sku, facility: "main" })],
    ["calculateForecastAccuracy", "accuracy.compare", "demand_history_pkey", () => calculateForecastAccuracy(database, { sku, facility: "main" })],
    ["getForecastAccuracySummary", "accuracy.newest", "idx_forecast_accuracy_period", () => getForecastAccuracySummary(database, {})],
    ["getForecastAccuracySummary of a window", "accuracy.compare-all", "demand_history_pkey", () => getForecastAccuracySummary(database, { from: "2024-06-01", to: "2024-06-30" })],
    ["getForecastAccuracySummary of a measured window", "accuracy.kept", "idx_forecast_accuracy_period", () => getForecastAccuracySummary(database, { from: "2024-05-29", to: "2024-06-27" })],
    ["the newest day of demand, with which most answers begin,", "demand.newest-day", "idx_demand_history_newest", () => newestDemandDay(database)],
    ["the measured accuracy of an item", "accuracy.list", "idx_forecast_accuracy_period", () => getAccuracyHistory(database, { sku, limit: 50 })],
    ["getForecastModels, which reads the small table of selections,", "models.list", "forecast_models", () => getForecastModels(database, { sku, limit: 50 })],
    ["getReplenishmentRecommendations, which reads the small table of suggestions,", "suggestions.list", "replenishment_suggestions", () => getReplenishmentRecommendations(database, { status: "pending", limit: 10 })],
    ["generateForecasts, which reads a batch's series at once,", "batches.read", "demand_history_pkey", () => readBatch(database, runId, 1, HISTORY_PERIODS)],
    ["generateReplenishmentRecommendations, which reads the series of a page of items at once,", "replenishment.read", "demand_history_pkey", () => readSeries(database, "default", ["", ""], 500)],
    ["the prefetch of the most frequent queries", "query-log.top", "idx_query_log_newest", () => topQueries(database, 50, true)],
    ["an item's transactions", "transactions.list-item", "idx_inventory_transactions_material", () => listTransactions(database, { sku }, 50)],
  ])("%s reads by its index and no large table from end to end", async (_query, statement, index, ask) => {
    await ask();
    expect(plans.get(statement)).toContain(index);
    expect([...plans.values()].join("\n")).not.toMatch(/Seq Scan on (demand_history|inventory_transactions|forecast_accuracy_metrics|query_log)/);
  }, 60_000);
});
