import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { loadSample } from "../../sample/load-sample.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

interface ForecastPage {
  runId: string;
  nextCursor: string | null;
  forecasts: { sku: string; model: string; period: string; dates: string[]; point: number[]; interval95: { lower: number[]; upper: number[] }; selection: { rule: string; chosen: string } }[];
}

describe("a forecast run of the sample catalogue", () => {
  let server: TestServer;
  let app: TestService;
  let runId: string;
  beforeAll(async () => {
    server = await startTestServer();
    app = await startTestService(server, await server.createDatabase());
    await loadSample(`http://127.0.0.1:${app.service.port}`, SERVICE_TOKEN);
    runId = await app.run();
  }, 90_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });
  const page = async (query: string) => (await app.get(`/api/forecasts${query}`)).body as unknown as ForecastPage;

  it("goes through 7 batches of 20 and tells memory and time of each", async () => {
    const { body } = await app.get(`/api/forecast/runs/${runId}`);
    expect(body).toMatchObject({ runId, status: "completed", trigger: "manual", asOf: "2024-07-02", progress: { batchesDone: 7, batchesTotal: 7, itemsDone: 127, itemsTotal: 127 } });
    const batches = body["batches"] as { batch: string; items: number; memoryPercent: number; elapsedMs: number; worker: string }[];
    expect(batches.map(({ batch, items }) => `${batch}: ${items}`)).toEqual(["1/7: 20", "2/7: 20", "3/7: 20", "4/7: 20", "5/7: 20", "6/7: 20", "7/7: 7"]);
    for (const { memoryPercent, elapsedMs, worker } of batches) {
      expect(memoryPercent).toBeGreaterThan(0);
      expect(elapsedMs).toBeGreaterThan(0);
      expect(worker).toBe("test");
    }
  });

  it("gives every item one forecast, page by page", async () => {
    const skus: string[] = [];
    let cursor = "";
    for (;;) {
      const { forecasts, nextCursor, runId: shown } = await page(`?limit=50${cursor}`);
      expect(shown).toBe(runId);
      skus.push(...forecasts.map(({ sku }) => sku));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(skus).toHaveLength(127);
    expect(new Set(skus).size).toBe(127);
    expect(skus).toEqual([...skus].sort());
  });

  it("forecasts 90 days after the newest demand, or the months that begin in them", async () => {
    const [daily] = (await page("?sku=SKU-0001")).forecasts;
    expect(daily?.dates[0]).toBe("2024-07-03");
    expect(daily?.dates.at(-1)).toBe("2024-09-30");
    expect(daily?.point).toHaveLength(90);
    expect(daily?.interval95.upper).toHaveLength(90);
    const [monthly] = (await page("?sku=REAL-PBS")).forecasts;
    expect(monthly).toMatchObject({ period: "month", dates: ["2024-07-01", "2024-08-01", "2024-09-01"] });
  });

  it("filters by model, with an explanation that names it", async () => {
    const { forecasts } = await page("?model=croston&limit=200");
    expect(forecasts.length).toBeGreaterThan(0);
    for (const { model, selection } of forecasts) expect([model, selection.chosen, selection.rule]).toEqual(["croston", "croston", "zero-ratio"]);
  });

  it.each([
    ["limit=0", "The query parameter limit must be a whole number from 1 to 200."],
    ["model=prophet", "The query parameter model must be one of exponential-smoothing, holt, holt-winters, holt-winters-multiplicative, seasonal-naive, moving-average, croston, sba, tsb."],
    ["cursor=abc", "The query parameter cursor is not one that this list gave."],
    ["colour=red", "There is no query parameter colour."],
  ])("says what is wrong with ?%s", async (query, detail) => {
    const { status, body } = await app.get(`/api/forecasts?${query}`);
    expect(status).toBe(400);
    expect(body["detail"]).toBe(detail);
  });

  it("summarises accuracy: overall, by model, the real series apart, and the worst items", async () => {
    const { status, body } = await app.get(`/api/forecast/runs/${runId}/accuracy`);
    expect(status).toBe(200);
    const { overall, byModel, byCategory, highVarianceItems, worstItems } = body as Record<"overall" | "byModel" | "byCategory" | "highVarianceItems" | "worstItems", Record<string, never>>;
    expect(overall).toMatchObject({ items: 127 });
    expect(overall["mape"]).toBeLessThan(20);
    expect(Object.values(byModel).reduce((sum, { items }) => sum + Number(items), 0)).toBe(127);
    expect(byCategory["real"]).toMatchObject({ items: 2 });
    expect(Object.keys(byCategory).sort()).toEqual(["dead", "intermittent", "lumpy", "new", "real", "steady", "trending", "weekly-seasonal"]);
    const mapes = (worstItems["byMape"] as unknown as { mape: number }[]).map(({ mape }) => mape);
    expect(mapes).toHaveLength(10);
    expect(mapes).toEqual([...mapes].sort((a, b) => b - a));
    expect(highVarianceItems["count"]).toBe(mapes.filter((mape) => mape > 30).length);
    const outliers = mapes.filter((mape) => mape > 25);
    expect(body["outlierItems"]).toMatchObject({ count: outliers.length, items: outliers.map((mape) => ({ mape })) });
  });

  it("summarises every measure of its items", async () => {
    const { body } = await app.get(`/api/forecast/runs/${runId}/accuracy`);
    const { forecasts } = (await app.get(`/api/forecasts?limit=200&run=${runId}`)).body as unknown as { forecasts: { accuracy: { wape: number | null; rmsse: number | null; mae: number | null; rmse: number | null; trackingSignal: number | null } }[] };
    const of = (measure: "rmsse" | "mae" | "rmse" | "trackingSignal") => forecasts.flatMap(({ accuracy }) => accuracy[measure] ?? []);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const rmsses = of("rmsse").sort((one, other) => one - other);
    const { overall, byModel } = body as unknown as { overall: Record<string, number>; byModel: Record<string, Record<string, number>> };
    expect(overall["medianRmsse"]).toBeCloseTo(((rmsses[Math.floor((rmsses.length - 1) / 2)] ?? NaN) + (rmsses[Math.ceil((rmsses.length - 1) / 2)] ?? NaN)) / 2, 9);
    expect(overall["mae"]).toBeCloseTo(mean(of("mae")), 6);
    expect(overall["rmse"]).toBeCloseTo(Math.sqrt(mean(of("rmse").map((rmse) => rmse ** 2))), 6);
    expect(overall["leaningItems"]).toBe(of("trackingSignal").filter((signal) => Math.abs(signal) > 4).length);
    expect(overall["leaningItems"]).toBeGreaterThan(0);
    const [sums] = await server.query(app.database, `SELECT 100 * sum(bias * actual_sum / 100) / sum(actual_sum) FILTER (WHERE bias IS NOT NULL) AS bias FROM forecasts WHERE run_id = '${runId}' AND model = 'holt-winters'`);
    expect(byModel["holt-winters"]?.["bias"]).toBeCloseTo(Number(sums?.["bias"]), 6);
  });

  it("shows in the metrics of the catalogue", async () => {
    const text = await app.text("/metrics");
    const sum = [...text.matchAll(/^inventory_forecasts_total\{.*\} (\d+)$/gm)].reduce((total, [, value]) => total + Number(value), 0);
    expect(sum).toBe(127);
    expect(text).toMatch(/^forecast_accuracy_mape_percentage \d/m);
    expect(text).toMatch(/^forecast_runs_total\{trigger="manual",outcome="completed"\} 1$/m);
    expect(text).toMatch(/^inventory_forecasting_health_status 2$/m);
    expect(text).toMatch(/^forecast_queue_jobs\{queue="forecast-batch",state="waiting"\} 0$/m);
    expect(text).toMatch(/^database_query_duration_seconds_count\{query="forecasts.list"\} \d+$/m);
  });

  it("shows in health with the documented keys", async () => {
    const { status, body } = await app.get("/api/health");
    expect(status).toBe(200);
    expect(body).toEqual({
      checkedAt: body["checkedAt"],
      checks: expect.any(Array),
      status: "healthy",
      version: "0.0.0-dev",
      uptime: expect.any(Number),
      mapeThreshold: 20,
      scheduler: { enabled: true, nextRun: expect.stringMatching(/T02:05:00.000Z$/) },
      streaming: { enabled: true, batchSize: 20 },
      cache: { queryCache: { enabled: true, ttl: 7200, hitRate: expect.anything() }, forecastCache: { enabled: true, ttl: 86_400, preloadEnabled: true, hitRate: expect.anything() } },
      monitoring: { itemMapeEnabled: true, watchdogEnabled: true, selfHealingEnabled: true, watchdogInterventions: 0, apiLatency: null },
      database: { connected: true },
    });
  });

  it("is cached until the next run, which then is the one that is shown", async () => {
    const hits = async () => Number(/^cache_hits_total\{cache="forecasts"\} (\d+)$/m.exec(await app.text("/metrics"))?.[1]);
    await page("?sku=SKU-0002");
    const before = await hits();
    await page("?sku=SKU-0002");
    expect(await hits()).toBe(before + 1);
    const next = await app.run();
    expect((await page("?sku=SKU-0002")).runId).toBe(next);
    expect((await page(`?sku=SKU-0002&run=${runId}`)).runId).toBe(runId);
  }, 30_000);

  it("tells how many items are outliers, how many of them were in the run before, and what became of those", async () => {
    await app.run();
    const text = await app.text("/metrics");
    const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
    const { body } = await app.get("/api/forecasts?limit=200");
    const mapes = (body["forecasts"] as { accuracy: { mape: number | null } }[]).map(({ accuracy }) => accuracy.mape ?? 0);
    const outliers = mapes.filter((mape) => mape > 25);
    expect(outliers.length).toBeGreaterThan(0);
    // The same demand gives the same forecasts.
    expect([value("forecast_outlier_items"), value("forecast_outlier_items_repeated")]).toEqual([outliers.length, outliers.length]);
    expect(value("forecast_former_outliers_mape_percentage")).toBeCloseTo(outliers.reduce((sum, mape) => sum + mape, 0) / outliers.length, 6);
  }, 30_000);

  it("tells which model and which facility has how many items and how good its forecasts are, and how the hybrid variant fares beside it", async () => {
    const runId = await app.run();
    const text = await app.text("/metrics");
    const value = (series: string) => Number(text.split("\n").find((line) => line.startsWith(`${series} `))?.split(" ").at(-1));
    const { body } = await app.get(`/api/forecast/runs/${runId}/accuracy`);
    const byModel = Object.entries(body["byModel"] as Record<string, { items: number; wape: number | null }>);
    expect(byModel.length).toBeGreaterThan(2);
    for (const [model, { items, wape }] of byModel) {
      expect({ model, items: value(`forecast_model_items{model="${model}"}`) }).toEqual({ model, items });
      if (wape !== null) expect(value(`forecast_model_wape_percentage{model="${model}"}`)).toBeCloseTo(wape, 6);
    }
    const { overall } = body as { overall: { items: number; mape: number; wape: number } };
    const facility = '{tenant="default",facility="main"}';
    expect(value(`forecast_facility_items${facility}`)).toBe(overall.items);
    expect(value(`forecast_facility_mape_percentage${facility}`)).toBeCloseTo(overall.mape, 6);
    expect(value(`forecast_facility_wape_percentage${facility}`)).toBeCloseTo(overall.wape, 6);
    const { worstItems } = body as { worstItems: { byMape: { sku: string; mape: number }[] } };
    expect(worstItems.byMape.length).toBe(10);
    for (const { sku, mape } of worstItems.byMape) expect(value(`forecast_worst_item_mape_percentage{tenant="default",facility="main",sku="${sku}"}`)).toBeCloseTo(mape, 6);
    expect(value("forecast_hybrid_items")).toBeGreaterThan(0);
    expect(value("forecast_hybrid_mape_percentage")).toBeGreaterThan(0);
  }, 30_000);

  it("is not found under an id that it does not have", async () => {
    expect((await app.get("/api/forecast/runs/3f0c1f0e-7d2c-4c55-8a43-0a4b8f1b6a11")).status).toBe(404);
    expect((await app.get("/api/forecast/runs/nonsense")).body["detail"]).toBe("The path parameter runId must be the id of a run.");
  });

  it("can be triggered under its older name, and only with the token", async () => {
    expect((await app.post("/api/v1/admin/trigger-forecast", undefined, { authorization: "Bearer wrong" })).status).toBe(401);
    const { status, body, headers } = await app.post("/api/v1/admin/trigger-forecast");
    expect(status).toBe(202);
    expect(headers.get("location")).toBe(`/api/forecast/runs/${String(body["runId"])}`);
  });

  it("adds no series for paths that do not exist, and compresses large answers", async () => {
    for (let index = 0; index < 50; index += 1) expect((await app.get(`/made-up/${index}`)).status).toBe(404);
    const routes = new Set([...(await app.text("/metrics")).matchAll(/^http_requests_total\{.*route="([^"]*)"/gm)].map(([, route]) => route));
    expect([...routes].filter((route) => route?.includes("made-up"))).toEqual([]);
    expect(routes).toContain("unmatched");
    expect((await app.get("/api/forecasts?limit=5")).headers.get("content-encoding")).toMatch(/gzip|br/);
    expect((await app.get("/health/live")).headers.get("content-encoding")).toBeNull();
  });
});

describe("a forecast run with an item that sells no more", () => {
  it("shows in the metrics as any other, without a MAPE of that item", async () => {
    const server = await startTestServer();
    const database = await server.createDatabase();
    await server.query(database, "INSERT INTO items (tenant_id, sku, name) VALUES ('default', 'GONE', 'Discontinued'), ('default', 'SOLD', 'Sold')");
    await server.query(database, `INSERT INTO demand_history SELECT 'default', 'main', material_id, DATE '2024-01-01' + day, CASE WHEN sku = 'GONE' AND day >= 400 THEN 0 ELSE 50 + (day * 7) % 5 END FROM items, generate_series(0, 459) AS day`);
    const app = await startTestService(server, database);
    try {
      const runId = await app.run();
      expect(await server.query(database, "SELECT judged_by, item_mape FROM forecasts WHERE sku = 'GONE'")).toEqual([{ judged_by: "mape", item_mape: null }]);
      const text = await app.text("/metrics");
      expect(text).toMatch(/^forecast_run_last_completed_timestamp_seconds \d/m);
      expect(text).toMatch(/^forecast_accuracy_mape_percentage \d/m);
      expect(text.split("\n").filter((line) => line.startsWith("forecast_worst_item_mape_percentage{"))).toEqual([expect.stringContaining('sku="SOLD"')]);
      // As a release before this one stored it.
      await server.query(database, `UPDATE forecast_runs SET summary = jsonb_set(summary, '{worstItems}', '[{"sku": "GONE", "facility": "main", "mape": null}]') WHERE run_id = '${runId}'`);
      expect(await app.text("/metrics")).toMatch(/^forecast_run_last_completed_timestamp_seconds \d/m);
    } finally {
      await app.stop();
      await server.remove();
    }
  }, 60_000);
});

describe("a forecast run of an older release", () => {
  it("has no value of what that release did not measure", async () => {
    const server = await startTestServer();
    const app = await startTestService(server, await server.createDatabase());
    try {
      const runId = await app.run();
      await server.query(app.database, `UPDATE forecast_runs SET summary = summary #- '{overall,medianRmsse}' #- '{overall,mae}' #- '{overall,rmse}' #- '{overall,bias}' #- '{overall,leaningItems}' #- '{outliers}' WHERE run_id = '${runId}'`);
      expect((await app.get(`/api/forecast/runs/${runId}/accuracy`)).body).toMatchObject({ overall: { items: 0, medianRmsse: null, mae: null, rmse: null, bias: null, leaningItems: null }, outlierItems: { count: null, items: [] } });
    } finally {
      await app.stop();
      await server.remove();
    }
  }, 60_000);
});

describe("a forecast run without items", () => {
  it("completes with nothing", async () => {
    const server = await startTestServer();
    const app = await startTestService(server, await server.createDatabase());
    try {
      expect((await app.get("/api/forecasts")).body).toEqual({ runId: null, asOf: null, forecasts: [], nextCursor: null });
      const runId = await app.run();
      expect((await app.get(`/api/forecast/runs/${runId}`)).body).toMatchObject({ status: "completed", progress: { itemsTotal: 0, batchesTotal: 0 } });
      expect((await app.get(`/api/forecast/runs/${runId}/accuracy`)).body).toMatchObject({ overall: { items: 0, mape: null }, withinThreshold: null });
      await eventually(async () => expect((await app.get("/api/forecasts")).body).toMatchObject({ runId, forecasts: [] }));
    } finally {
      await app.stop();
      await server.remove();
    }
  }, 60_000);
});
