import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

/** Steady items, sparse ones that the rule gives to Croston, and erratic ones that it gives to TSB. */
const demandSql = `
  INSERT INTO items (tenant_id, sku, name, category) SELECT 'default', category || '-' || n, 'Item', category FROM unnest(ARRAY['steady', 'sparse', 'erratic']) AS category, generate_series(1, 4) AS n;
  INSERT INTO demand_history
  SELECT 'default', 'main', material_id, DATE '2024-01-01' + day,
         CASE category WHEN 'steady' THEN 50 + (day * 7 + length(sku)) % 5
                       WHEN 'sparse' THEN CASE WHEN (day * day * 31 + day * 17) % 53 < 10 THEN 15 + day % 9 ELSE 0 END
                       ELSE 50 + CASE WHEN (day * day) % 31 < 3 THEN 500 ELSE 0 END END
  FROM items, generate_series(0, 199) AS day;
  INSERT INTO forecast_runs (run_id, tenant_id, trigger, status, requested_at, finished_at)
  VALUES ('00000000-0000-4000-8000-000000000002', 'default', 'manual', 'completed', now() - interval '2 days', now() - interval '2 days')`;

const never = "0 0 29 2 *";

interface Forecast {
  readonly sku: string;
  readonly dates: readonly string[];
  readonly accuracy: { readonly mape: number | null };
  readonly selection: { readonly rule: string; readonly parameters: Readonly<Record<string, number>> };
}

/** What a service with some settings did and showed, beside one run of it. */
interface Seen {
  readonly forecasts: ReadonlyMap<string, Forecast>;
  readonly run: Readonly<Record<string, Record<string, unknown>>>;
  readonly accuracy: Readonly<Record<string, Record<string, unknown>>>;
  readonly report: Readonly<Record<string, unknown>>;
  readonly metrics: string;
  readonly logged: string;
  readonly oldRuns: number;
  readonly schedules: readonly string[];
  /** Seconds without a sign of life after which a batch is given to another worker. */
  readonly heartbeat: unknown;
  readonly threads: unknown;
}

describe("a setting of forecast runs", () => {
  let server: TestServer;
  let usual: Seen;
  let changed: Seen;
  let cautious: Seen;
  let unmonitored: Seen;

  const see = async (environment: Record<string, string>): Promise<Seen> => {
    const database = await server.createDatabase();
    await server.query(database, demandSql);
    const app: TestService = await startTestService(server, database, "api+worker", { LOG_LEVEL: "info", FORECAST_BATCH_SIZE: "5", ...environment });
    try {
      const runId = await app.run();
      const [list, run, accuracy, report] = await Promise.all(["/api/forecasts", `/api/forecast/runs/${runId}`, `/api/forecast/runs/${runId}/accuracy`, "/api/reports/daily"].map(async (path) => (await app.get(path)).body));
      // What follows a run by itself ends with this.
      await eventually(() => (app.logged.join("").includes("maintenance completed") ? Promise.resolve() : Promise.reject(new Error("maintenance is under way"))));
      const forecasts = list?.["forecasts"] as readonly Forecast[];
      return {
        forecasts: new Map(forecasts.map((forecast) => [forecast.sku, forecast])),
        run: run as Seen["run"],
        accuracy: accuracy as Seen["accuracy"],
        report: report as Seen["report"],
        metrics: await app.text("/metrics"),
        logged: app.logged.join(""),
        oldRuns: (await server.query(database, "SELECT FROM forecast_runs WHERE run_id = '00000000-0000-4000-8000-000000000002'")).length,
        schedules: (await server.query(database, "SELECT name || ' ' || cron AS line FROM pgboss.schedule")).map(({ line }) => String(line)),
        heartbeat: (await server.query(database, "SELECT heartbeat_seconds FROM pgboss.queue WHERE name = 'forecast-batch'"))[0]?.["heartbeat_seconds"],
        threads: (await server.query(database, "SELECT threads FROM forecast_workers"))[0]?.["threads"],
      };
    } finally {
      await app.stop();
    }
  };

  beforeAll(async () => {
    server = await startTestServer();
    const all = { MAPE_THRESHOLD: "1000", ENABLE_HYBRID_FORECASTING: "true", SLOW_QUERY_THRESHOLD_MS: "1", ITEM_FORECAST_TIME_THRESHOLD_MS: "1" };
    usual = await see({ ...all, CROSTON_ALPHA: "0.13" });
    changed = await see({
      ...all,
      FORECAST_HORIZON_DAYS: "7",
      ENABLE_STREAMING_FORECAST: "false",
      MAPE_ITEM_THRESHOLD_MULTIPLIER: "3",
      // Sparse items are then erratic ones, too.
      INTERMITTENT_DEMAND_ZERO_RATIO_THRESHOLD: "0.99",
      TSB_ALPHA: "0.11",
      TSB_BETA: "0.12",
      LOG_BATCH_PROGRESS: "false",
      LOG_SLOW_QUERIES: "false",
      MONITOR_ITEM_FORECAST_TIME: "false",
      INCLUDE_HIGH_VARIANCE_ITEMS_IN_REPORT: "false",
      FORECAST_CACHE_PRELOAD: "false",
      DATABASE_POOL_MAX: "7",
      FORECAST_THREADS: "1",
      FORECAST_HEARTBEAT_SECONDS: "15",
      CRON_RETRAIN: never,
      CRON_REPORT: never,
      CRON_HEALTH_CHECK: never,
    });
    cautious = await see({
      MAPE_THRESHOLD: "0.1",
      INTERMITTENT_DEMAND_ZERO_RATIO_THRESHOLD: "0.99",
      INTERMITTENT_DEMAND_CV_SQUARED_THRESHOLD: "100",
      MAX_HIGH_VARIANCE_ITEMS_IN_REPORT: "2",
      STREAMING_BATCH_DELAY_MS: "800",
      LOG_BATCH_MEMORY_USAGE: "false",
      RUN_RETENTION_DAYS: "1",
    });
    unmonitored = await see({ MAPE_THRESHOLD: "0.1", ENABLE_ITEM_MAPE_MONITORING: "false", ENABLE_HYBRID_FORECASTING: "true" });
  }, 120_000);
  afterAll(() => server.remove());

  const parameters = ({ forecasts }: Seen, sku: string) => forecasts.get(sku)?.selection.parameters;
  const rules = ({ forecasts }: Seen) => [...new Set([...forecasts.values()].map(({ selection }) => selection.rule))].sort();

  it("FORECAST_HORIZON_DAYS is how far is forecast", () => {
    expect([usual, changed].map(({ forecasts }) => forecasts.get("steady-1")?.dates.length)).toEqual([90, 7]);
  });

  it("FORECAST_BATCH_SIZE is how many items a batch has, and ENABLE_STREAMING_FORECAST whether there is more than one", () => {
    expect([usual, changed].map(({ run }) => run["progress"]?.["batchesTotal"])).toEqual([3, 1]);
  });

  it("CROSTON_ALPHA, TSB_ALPHA and TSB_BETA are the constants that are taken", () => {
    expect([parameters(usual, "sparse-1"), parameters(changed, "sparse-1")]).toEqual([{ alpha: 0.13 }, { alpha: 0.11, beta: 0.12 }]);
  });

  it("INTERMITTENT_DEMAND_ZERO_RATIO_THRESHOLD and INTERMITTENT_DEMAND_CV_SQUARED_THRESHOLD are where intermittent demand begins", () => {
    expect([rules(usual), rules(cautious)]).toEqual([["cv-squared", "regular", "zero-ratio"], ["regular"]]);
  });

  it("ENABLE_ITEM_MAPE_MONITORING=false looks at no single item: none is of high variance, an outlier or among the worst", () => {
    expect(unmonitored.accuracy).toMatchObject({ thresholds: { itemMape: null }, overall: { highVarianceItems: 0 }, highVarianceItems: { count: 0, items: [] }, outlierItems: { count: 0, items: [] }, worstItems: { byMape: [] } });
    expect(unmonitored.report["highVariance"]).toBeNull();
    expect(unmonitored.metrics).toMatch(/^forecast_high_variance_items 0$/m);
    expect(unmonitored.metrics).not.toMatch(/^forecast_worst_item_mape_percentage\{/m);
  });

  it("ENABLE_ITEM_MAPE_MONITORING=false measures all the same: a run that misses the target goes back and is counted", () => {
    expect(unmonitored.forecasts.get("steady-1")?.accuracy.mape).toEqual(expect.any(Number));
    expect(unmonitored.accuracy["overall"]?.["mape"]).toBeGreaterThan(0.1);
    for (const shown of [/^forecast_accuracy_mape_percentage \d/m, /^forecast_run_last_completed_timestamp_seconds \d/m, /^forecast_hybrid_reverts_total 1$/m, /^forecast_runs_above_target_total 1$/m]) expect(unmonitored.metrics).toMatch(shown);
  });

  it("STREAMING_BATCH_DELAY_MS is how long a worker rests between two batches", () => {
    const ended = (cautious.run["batches"] as unknown as { finishedAt: string }[]).map(({ finishedAt }) => new Date(finishedAt).getTime()).sort((one, other) => one - other);
    expect(ended).toHaveLength(3);
    for (const [index, time] of ended.slice(1).entries()) expect(time - (ended[index] ?? 0)).toBeGreaterThanOrEqual(800);
  });

  it("MAPE_THRESHOLD and MAPE_ITEM_THRESHOLD_MULTIPLIER are what items and runs are held to", () => {
    expect([usual, changed].map(({ accuracy }) => accuracy["thresholds"])).toEqual([{ mape: 1_000, itemMape: 1_500 }, { mape: 1_000, itemMape: 3_000 }]);
  });

  it("MAX_HIGH_VARIANCE_ITEMS_IN_REPORT is how many are listed, and INCLUDE_HIGH_VARIANCE_ITEMS_IN_REPORT whether the report has them", () => {
    const { count, items } = cautious.accuracy["highVarianceItems"] as { count: number; items: unknown[] };
    expect(count).toBeGreaterThan(2);
    expect(items).toHaveLength(2);
    expect((cautious.report["highVariance"] as { items: unknown[] }).items).toHaveLength(2);
    expect(changed.report["highVariance"]).toBeNull();
  });

  it("LOG_BATCH_PROGRESS and LOG_BATCH_MEMORY_USAGE say what is logged of a batch", () => {
    const batches = ({ logged }: Seen) => logged.split("\n").filter((line) => /"msg":"Batch \d/.test(line)).map((line) => line.includes("memoryPercent"));
    expect([usual, changed, cautious].map(batches)).toEqual([[true, true, true], [], [false, false, false]]);
  });

  it("SLOW_QUERY_THRESHOLD_MS is what counts as slow, and LOG_SLOW_QUERIES whether it is logged", () => {
    const slow = ({ logged, metrics }: Seen) => [logged.includes('"msg":"slow query"'), /^database_slow_queries_total\{.*\} [1-9]/m.test(metrics)];
    expect([usual, changed].map(slow)).toEqual([[true, true], [false, true]]);
  });

  it("ITEM_FORECAST_TIME_THRESHOLD_MS is what counts as slow, and MONITOR_ITEM_FORECAST_TIME whether it is logged", () => {
    expect([usual, changed, cautious].map(({ logged }) => logged.includes("forecasting this item was slow"))).toEqual([true, false, false]);
  });

  it("FORECAST_CACHE_PRELOAD fills the cache after a run", () => {
    expect([usual, changed].map(({ metrics }) => /^cache_preload_duration_seconds_count\{reason="run"\} 1$/m.test(metrics))).toEqual([true, false]);
  });

  it("DATABASE_POOL_MAX is how many connections there may be", () => {
    expect([usual, changed].map(({ metrics }) => /^database_pool_max_connections (\d+)$/m.exec(metrics)?.[1])).toEqual(["10", "7"]);
  });

  it("FORECAST_THREADS is how many forecasts a worker computes at a time", () => {
    expect([usual, changed].map(({ threads }) => threads)).toEqual([2, 1]);
  });

  it("FORECAST_HEARTBEAT_SECONDS is how long a batch waits for a worker that says nothing", () => {
    expect([usual, changed].map(({ heartbeat }) => heartbeat)).toEqual([10, 15]);
  });

  it("RUN_RETENTION_DAYS is how long ended runs are kept", () => {
    expect([usual, cautious].map(({ oldRuns }) => oldRuns)).toEqual([1, 0]);
  });

  it("CRON_RETRAIN, CRON_REPORT and CRON_HEALTH_CHECK are when their work is done", () => {
    expect(changed.schedules.filter((line) => line.endsWith(never))).toHaveLength(3);
    expect(usual.schedules).toEqual(expect.arrayContaining(["forecast-retrain 0 4 * * 0"]));
  });
});
