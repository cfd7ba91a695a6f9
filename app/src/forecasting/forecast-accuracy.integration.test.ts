import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";
import { accuracyOf } from "./accuracy-summary.ts";
import { type SummedAccuracy, summed } from "./sql/summed-accuracy.ts";

const day = (number: number) => new Date(Date.UTC(2024, 0, number)).toISOString().slice(0, 10);

interface Page {
  readonly forecasts: readonly { readonly sku: string; readonly dates: readonly string[]; readonly point: readonly number[] }[];
}

describe("forecasts against what happened", () => {
  let server: TestServer;
  let app: TestService;
  let first: Page;
  let second: Page;
  const importDemand = async (rows: readonly string[]) => expect((await app.post("/api/demand/import", `sku,date,quantity\n${rows.join("\n")}\n`)).body).toMatchObject({ rejected: 0 });
  /** How often forecasts of all items were compared with demand. */
  const compared = async () => Number(/^database_query_duration_seconds_count\{query="accuracy.compare-all"\} (\d+)$/m.exec(await app.text("/metrics"))?.[1] ?? 0);
  const forecastOf = (page: Page, sku: string, date: string) => {
    const forecast = page.forecasts.find((one) => one.sku === sku);
    return forecast?.point[forecast.dates.indexOf(date)] ?? Number.NaN;
  };

  beforeAll(async () => {
    server = await startTestServer();
    app = await startTestService(server, await server.createDatabase());
    await app.post("/api/items/import", "sku,name,category,demand_period\nDAILY,Daily,shop,day\nMONTHLY,Monthly,pharmacy,month\n");
    await importDemand(Array.from({ length: 120 }, (_, index) => `DAILY,${day(index + 1)},${20 + (index % 7)}`));
    await importDemand(Array.from({ length: 4 }, (_, index) => `MONTHLY,${day(index * 30 + 5)},${100 + index}`));
    await app.run();
    first = (await app.get("/api/forecasts")).body as unknown as Page;
    // A second run knows five more days; the days after it have its forecasts.
    await importDemand([121, 122, 123, 124, 125].map((number) => `DAILY,${day(number)},90`));
    await app.run();
    second = (await app.get("/api/forecasts")).body as unknown as Page;
    // Day 127 has no record: nothing was asked for.
    await importDemand([126, 128, 129, 160].map((number) => `DAILY,${day(number)},${number - 100}`));
    await importDemand([`MONTHLY,${day(130)},70`, `MONTHLY,${day(140)},50`]);
  }, 90_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });

  it("judges each day by the newest run that did not know it", async () => {
    const actual = new Map([[124, 90], [125, 90], [126, 26], [127, 0], [128, 28]]);
    const errors = [...actual].map(([number, value]) => forecastOf(number <= 125 ? first : second, "DAILY", day(number)) - value);
    const { status, body } = await app.get(`/api/forecast/accuracy?sku=DAILY&from=${day(124)}&to=${day(128)}`);
    expect(status).toBe(200);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const asked = sum([...actual.values()]);
    const withDemand = [...actual.values()].flatMap((value, index) => (value > 0 ? [Math.abs(errors[index] ?? 0) / value] : []));
    expect(body).toEqual({
      sku: "DAILY",
      facility: "main",
      from: day(124),
      to: day(128),
      periods: 5,
      mape: expect.closeTo((100 * sum(withDemand)) / 4, 8),
      mapeExcluded: 1,
      wape: expect.closeTo((100 * sum(errors.map(Math.abs))) / asked, 8),
      mase: expect.any(Number),
      rmsse: expect.any(Number),
      mae: expect.closeTo(sum(errors.map(Math.abs)) / 5, 8),
      rmse: expect.closeTo(Math.sqrt(sum(errors.map((error) => error ** 2)) / 5), 8),
      bias: expect.closeTo((100 * sum(errors)) / asked, 8),
      trackingSignal: expect.closeTo((-5 * sum(errors)) / sum(errors.map(Math.abs)), 8),
    });
  });

  it("compares whole months only, with the sum of their days", async () => {
    // The second run knew the first days of May, so that the first one is judged.
    const may = forecastOf(first, "MONTHLY", "2024-05-01");
    expect((await app.get("/api/forecast/accuracy?sku=MONTHLY&from=2024-04-15&to=2024-05-31")).body).toMatchObject({ periods: 1, wape: expect.closeTo((100 * Math.abs(may - 120)) / 120, 8) });
    const june = forecastOf(second, "MONTHLY", "2024-06-01");
    await importDemand([`MONTHLY,2024-06-10,30`, `MONTHLY,2024-06-11,10`, `DAILY,2024-07-01,5`]);
    const known = (await app.get("/api/forecast/accuracy?sku=MONTHLY&from=2024-05-15&to=2024-06-30")).body;
    expect(known).toMatchObject({ periods: 1, wape: expect.closeTo((100 * Math.abs(june - 40)) / 40, 8) });
    expect((await app.get("/api/forecast/accuracy?sku=MONTHLY&from=2024-06-01&to=2024-06-29")).body).toMatchObject({ periods: 0, mape: null });
  });

  it("is measured by maintenance for the last 30 known days, item by item as it is computed on request", async () => {
    await app.send("POST", "/jobs/maintenance");
    const [newest] = await eventually(async () => {
      const { body } = await app.get("/api/forecast/accuracy/history?sku=DAILY&limit=1");
      const measured = body["measured"] as Record<string, unknown>[];
      if (measured[0]?.["to"] !== "2024-07-01") throw new Error("not measured yet");
      return measured;
    });
    const { body: onRequest } = await app.get("/api/forecast/accuracy?sku=DAILY&from=2024-06-02&to=2024-07-01");
    const close = (name: string) => expect.closeTo(Number(onRequest[name]), 8);
    expect(newest).toEqual({
      facility: "main",
      from: "2024-06-02",
      to: "2024-07-01",
      model: expect.any(String),
      periods: 30,
      mapeExcluded: onRequest["mapeExcluded"],
      mape: close("mape"),
      wape: close("wape"),
      bias: close("bias"),
      mae: close("mae"),
      rmse: close("rmse"),
      trackingSignal: close("trackingSignal"),
    });
    // The summary of the measured period is what was kept of it; one day less is compared anew.
    const shop = async (window: string) => (await app.get(`/api/forecast/accuracy/summary?category=shop${window}`)).body as unknown as { from: string; to: string; overall: Record<string, number> };
    const { overall: kept, from, to } = await shop("");
    expect({ from, to }).toEqual({ from: "2024-06-02", to: "2024-07-01" });
    const [before, window] = [await compared(), "&from=2024-06-02&to=2024-07-01"];
    expect(await shop(window)).toEqual(await shop(""));
    expect(await compared()).toBe(before);
    // Corrected demand makes it be compared with what is known now.
    await importDemand(["DAILY,2024-07-01,5"]);
    const { overall: anew } = await shop(window);
    expect(await compared()).toBe(before + 1);
    expect(anew).toEqual({ ...kept, mape: expect.closeTo(Number(kept["mape"]), 8), wape: expect.closeTo(Number(kept["wape"]), 8), bias: expect.closeTo(Number(kept["bias"]), 8) });
    await importDemand(["DAILY,2024-07-01,50"]);
    expect((await shop(window)).overall["bias"]).toBeLessThan(Number(kept["bias"]));
    await importDemand(["DAILY,2024-07-01,5"]);
    expect((await app.get("/api/forecast/accuracy/history?sku=DAILY&facility=elsewhere")).body).toEqual({ measured: [], nextCursor: null });
    expect((await app.get("/api/forecast/accuracy/history?sku=DAILY&cursor=WyJ4IiwieSJd")).status).toBe(400);
  });

  it("adds up over items as each of them says", async () => {
    const window = `from=${day(124)}&to=${day(128)}`;
    const item = (await app.get(`/api/forecast/accuracy?sku=DAILY&${window}`)).body;
    const { body } = await app.get(`/api/forecast/accuracy/summary?${window}&category=shop`);
    const overall = body["overall"] as Record<string, unknown>;
    expect(overall).toMatchObject({ periods: 5, wape: expect.closeTo(Number(item["wape"]), 8), bias: expect.closeTo(Number(item["bias"]), 8) });
    expect(body["byCategory"]).toEqual([{ ...overall, group: "shop" }]);
    expect((await app.get(`/api/forecast/accuracy/summary?${window}&facility=elsewhere`)).body).toMatchObject({ overall: { items: 0, mape: null }, byModel: [] });
  });

  it("counts a series for the model of the newest run in the window", async () => {
    await server.query(app.database, `UPDATE forecasts SET model = CASE forecast_date WHEN '${day(121)}' THEN 'older' ELSE 'newer' END WHERE sku = 'DAILY'`);
    const byModel = async (last: number) => (await app.get(`/api/forecast/accuracy/summary?from=${day(122)}&to=${day(last)}&category=shop`)).body["byModel"];
    expect(await byModel(125)).toMatchObject([{ group: "older", items: 1, periods: 4 }]);
    expect(await byModel(127)).toMatchObject([{ group: "newer", items: 1, periods: 6 }]);
  });

  it("compares no day that lies beyond the horizon of its forecast", async () => {
    const horizon = second.forecasts.find(({ sku }) => sku === "DAILY")?.dates.length ?? 0;
    const end = 125 + horizon;
    await importDemand([`DAILY,${day(end - 1)},10`, `DAILY,${day(end + 5)},10`]);
    const window = `from=${day(end - 2)}&to=${day(end + 5)}`;
    expect((await app.get(`/api/forecast/accuracy?sku=DAILY&${window}`)).body).toMatchObject({ periods: 3, mapeExcluded: 2 });
    expect((await app.get(`/api/forecast/accuracy/summary?${window}&category=shop`)).body).toMatchObject({ overall: { items: 1, periods: 3 } });
    expect((await app.get(`/api/forecast/accuracy/summary?from=${day(end + 1)}&to=${day(end + 5)}&category=shop`)).body).toMatchObject({ overall: { items: 0, periods: 0 } });
  });

  it("leaves series that MAPE cannot judge out of it alone, and weights the others by their volume", async () => {
    // Actual 10 and 20, forecast 12 and 15; actual 100, forecast 150; actual 0, 0, 4, forecast 1, 1, 1; actual 0, forecast 2.
    const series = `SELECT * FROM (VALUES
      ('shop', 'holt-winters', 'mape', 2, 7.0, 30.0, -3.0, 2, 0.45),
      ('shop', 'croston', NULL, 1, 50.0, 100.0, 50.0, 1, 0.5),
      ('spares', 'croston', 'mase', 3, 5.0, 4.0, -1.0, 1, 0.75),
      ('spares', 'croston', NULL, 1, 2.0, 0.0, 2.0, 0, 0.0)
    ) AS given (category, model, judged_by, periods, errors, actuals, differences, with_demand, ratios)`;
    const rows = await server.query(app.database, summed(series));
    const parts = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, name === "category" || name === "model" ? value : Number(value)])) as unknown as SummedAccuracy);
    expect(accuracyOf("all", parts)).toEqual({
      group: "all",
      items: 4,
      periods: 7,
      mape: expect.closeTo((22.5 * 30 + 50 * 100) / 130, 10),
      mapeItems: 2,
      wape: expect.closeTo((100 * 64) / 134, 10),
      bias: expect.closeTo((100 * 48) / 134, 10),
    });
    expect(parts.find(({ category }) => category === "spares")).toMatchObject({ items: 2, judgedItems: 0, judgedActualSum: 0, weightedMapeSum: 0 });
  });

  it.each([
    ["sku=NOTHING", 404, "There is no item NOTHING."],
    ["sku=DAILY&from=2024-03-02&to=2024-03-01", 400, "from must not be later than to."],
    ["sku=DAILY&from=2022-01-01", 400, expect.stringContaining("are more than 366 days")],
    ["sku=DAILY&from=2030-01-01", 400, expect.stringContaining("ask for a window that begins before")],
    ["sku=DAILY&from=yesterday", 400, "The query parameter from must be a day like 2024-07-01."],
  ])("answers ?%s with %i", async (query, status, detail) => {
    expect(await app.get(`/api/forecast/accuracy?${query}`)).toMatchObject({ status, body: { detail } });
  });
});
