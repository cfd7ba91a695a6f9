import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { loadSample } from "../../sample/load-sample.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

// The accuracy of all items is a heavy statement, which takes seconds while other tests use both cores.
jest.setTimeout(30_000);

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: Readonly<Record<string, unknown>> }[];
}

describe("GraphQL", () => {
  let server: TestServer;
  let database: string;
  let app: TestService;
  let runId: string;
  beforeAll(async () => {
    server = await startTestServer();
    database = await server.createDatabase();
    app = await startTestService(server, database);
    await loadSample(`http://127.0.0.1:${app.service.port}`, SERVICE_TOKEN);
    runId = await app.run();
    // Four weeks after the run, so that its forecasts can be judged.
    const skus = ((await app.get("/api/items?limit=200")).body["items"] as { sku: string }[]).map(({ sku }) => sku);
    const days = Array.from({ length: 28 }, (_, day) => new Date(Date.UTC(2024, 6, 3 + day)).toISOString().slice(0, 10));
    const rows = skus.flatMap((sku, index) => days.map((date, day) => `${sku},${date},${(index * 7 + day * 3) % 23}`));
    expect((await app.post("/api/demand/import", `sku,date,quantity\n${rows.join("\n")}\n`)).status).toBe(200);
  }, 90_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });

  const post = (body: object, { port = app.service.port, headers = {} }: { port?: number; headers?: Record<string, string> } = {}) =>
    fetch(`http://127.0.0.1:${port}/graphql`, { method: "POST", headers: { authorization: `Bearer ${SERVICE_TOKEN}`, "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  const ask = async (query: string, variables: object = {}): Promise<Answer> => (await post({ query, variables })).json() as Promise<Answer>;

  it("gives the same numbers as REST for forecasts, page by page", async () => {
    let rest = "";
    let graph: unknown = null;
    let pages = 0;
    do {
      const page = await app.get(`/api/forecasts?limit=60${rest}`);
      const answer = await ask(
        `query ($cursor: String) { getMaterialForecasts(limit: 60, cursor: $cursor) { runId asOf nextCursor forecasts {
          sku facility model period dates point interval80 { lower upper } interval95 { lower upper } accuracy { judgedBy mape mapeExcluded wape mase rmsse mae rmse bias trackingSignal } historyPeriods selection } } }`,
        { cursor: graph },
      );
      expect(answer).toEqual({ data: { getMaterialForecasts: page.body } });
      graph = page.body["nextCursor"];
      rest = `&cursor=${String(graph)}`;
      pages += 1;
    } while (graph !== null);
    expect(pages).toBe(3);
  });

  it("gives the same numbers as REST for the accuracy of an item, daily or monthly", async () => {
    for (const [sku, periods] of [["SKU-0001", 28], ["REAL-PBS", 1]] as const) {
      const { body, status } = await app.get(`/api/forecast/accuracy?sku=${sku}&from=2024-07-01&to=2024-07-31`);
      expect([status, body["periods"], body["to"]]).toEqual([200, sku === "SKU-0001" ? periods : 0, "2024-07-30"]);
      const answer = await ask(`query ($sku: String!) { calculateForecastAccuracy(sku: $sku, from: "2024-07-01", to: "2024-07-31") { sku facility from to periods mape mapeExcluded wape mase rmsse mae rmse bias trackingSignal } }`, { sku });
      expect(answer).toEqual({ data: { calculateForecastAccuracy: body } });
    }
  });

  it("gives the same numbers as REST for the accuracy of all items", async () => {
    const { body } = await app.get("/api/forecast/accuracy/summary");
    const group = "{ group items periods mape mapeItems wape bias }";
    expect(await ask(`{ getForecastAccuracySummary { from to overall ${group} byModel ${group} byCategory ${group} } }`)).toEqual({ data: { getForecastAccuracySummary: body } });
    expect(body).toMatchObject({ from: "2024-07-01", to: "2024-07-30", overall: { group: "all", items: 126, periods: 126 * 28, mape: expect.any(Number), wape: expect.any(Number) } });
  });

  it("gives the same numbers as REST for demand, models, safety stock and suggestions", async () => {
    const demand = await app.get("/api/demand?sku=SKU-0001&from=2024-06-01&to=2024-07-05&limit=20");
    expect((demand.body["demand"] as unknown[]).length).toBe(20);
    expect(await ask('{ getDemandHistory(sku: "SKU-0001", from: "2024-06-01", to: "2024-07-05", limit: 20) { sku demand { date facility quantity } nextCursor } }')).toEqual({ data: { getDemandHistory: demand.body } });
    const next = await app.get(`/api/demand?sku=SKU-0001&from=2024-06-01&to=2024-07-05&limit=20&cursor=${String(demand.body["nextCursor"])}`);
    const dates = [demand, next].flatMap(({ body }) => (body["demand"] as { date: string }[]).map(({ date }) => date));
    expect(dates).toEqual([...new Set(dates)].sort());
    expect([dates[0], dates.at(-1)]).toEqual(["2024-06-01", "2024-07-05"]);

    const models = await app.get("/api/forecast/models?limit=3");
    expect(models.body["models"]).toHaveLength(3);
    expect(await ask("{ getForecastModels(limit: 3) { models { sku facility regularModel hybridModel selection runId selectedAt } nextCursor } }")).toEqual({ data: { getForecastModels: models.body } });

    const safety = await app.get("/api/replenishment/safety-stock?sku=SKU-0001&serviceLevel=0.99");
    const fields = "sku facility asOf dailyDemand dailyDemandDeviation periods leadTimeDays leadTimeStdDays serviceLevel z safetyStock safetyStockMethod reorderPoint reorderPointMethod economicOrderQuantity inventoryPosition suggestedQuantity urgency reasons";
    expect(safety.status).toBe(200);
    expect(await ask(`{ calculateSafetyStock(sku: "SKU-0001", serviceLevel: 0.99) { ${fields} } }`)).toEqual({ data: { calculateSafetyStock: safety.body } });

    const { data } = await ask("mutation { generateReplenishmentRecommendations { examined pending expired } }");
    expect(data?.["generateReplenishmentRecommendations"]).toEqual({ examined: 127, pending: expect.any(Number), expired: 0 });
    const suggestions = await app.get("/api/replenishment/suggestions?limit=5");
    expect((suggestions.body["suggestions"] as unknown[]).length).toBeGreaterThan(0);
    const columns = "id sku facility supplier status urgency quantity estimatedCost quantityOnHand quantityOnOrder quantityAllocated dailyDemand leadTimeDays serviceLevel safetyStock safetyStockMethod reorderPoint reorderPointMethod economicOrderQuantity reasons createdAt updatedAt decidedAt decidedBy note";
    expect(await ask(`{ getReplenishmentRecommendations(limit: 5) { suggestions { ${columns} } nextCursor } }`)).toEqual({ data: { getReplenishmentRecommendations: suggestions.body } });
  });

  it("starts a run as the REST route does", async () => {
    const { data } = await ask("mutation { generateForecasts { runId } }");
    const { runId: started } = data?.["generateForecasts"] as { runId: string };
    expect(await app.get(`/api/forecast/runs/${started}`)).toMatchObject({ status: 200, body: { runId: started, trigger: "manual" } });
  });

  it("reads the items that an answer names in one statement, however many they are", async () => {
    const statements = async () => [...(await app.text("/metrics")).matchAll(/^database_query_duration_seconds_count\{query="(?:items\.by-sku|forecasts\.list)"\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    const used = async (limit: number) => {
      const before = await statements();
      const { data } = await ask(`{ getMaterialForecasts(run: "${runId}", limit: ${limit}) { forecasts { sku item { sku name category unit } } } }`);
      const { forecasts } = data?.["getMaterialForecasts"] as { forecasts: { sku: string; item: { sku: string; name: string } }[] };
      expect(forecasts).toHaveLength(limit);
      for (const { sku, item } of forecasts) expect(item.sku).toBe(sku);
      return (await statements()) - before;
    };
    expect(await used(2)).toBe(2);
    expect(await used(100)).toBe(2);
  });

  it("answers mistakes with the sentence of REST, a code and the request's id", async () => {
    const response = await post({ query: '{ getMaterialForecasts(model: "prophet") { runId } }' }, { headers: { "x-request-id": "my-request" } });
    const { errors } = (await response.json()) as Answer;
    expect(errors).toEqual([
      expect.objectContaining({
        message: "The argument model must be one of exponential-smoothing, holt, holt-winters, holt-winters-multiplicative, seasonal-naive, moving-average, croston, sba, tsb.",
        path: ["getMaterialForecasts"],
        extensions: { code: "INVALID_REQUEST", status: 400, requestId: "my-request" },
      }),
    ]);
    expect((await ask('{ calculateForecastAccuracy(sku: "NOTHING") { periods } }')).errors?.[0]).toMatchObject({ message: "There is no item NOTHING.", extensions: { code: "NOT_FOUND", status: 404 } });
    expect((await ask("{ colour }")).errors?.[0]?.extensions["code"]).toBe("GRAPHQL_VALIDATION_FAILED");
    expect((await ask("query ($limit: Int) { getMaterialForecasts(limit: $limit) { runId } }", { limit: "many" })).errors?.[0]).toMatchObject({ message: expect.stringContaining('Int cannot represent non-integer value: "many"'), extensions: { code: "GRAPHQL_INVALID" } });
    // The same documents again, and one without a character.
    expect((await ask("{ colour }")).errors?.[0]?.extensions["code"]).toBe("GRAPHQL_VALIDATION_FAILED");
    for (const document of ["", "{", "{"]) expect((await ask(document)).errors?.[0]?.extensions["code"]).toBe("GRAPHQL_PARSE_FAILED");
  });

  it("needs a token, like REST, and JSON", async () => {
    const anonymous = await post({ query: "{ __typename }" }, { headers: { authorization: "" } });
    expect([anonymous.status, anonymous.headers.get("content-type")]).toEqual([401, "application/problem+json; charset=utf-8"]);
    await anonymous.arrayBuffer();
    expect((await post({ query: "{ __typename }" }, { headers: { "content-type": "text/plain" } })).status).toBe(415);
    expect((await post([{ query: "{ __typename }" }])).status).toBe(400);
    expect((await post({ query: `{ __typename } # ${"x".repeat(110_000)}` })).status).toBe(413);
  });

  it("refuses operations that ask for too much before it runs them", async () => {
    const codes = async (query: string, variables: object = {}) => (await ask(query, variables)).errors?.map(({ extensions }) => extensions["code"]);
    const page = "{ forecasts { item { sku } interval80 { lower } interval95 { lower } accuracy { mape } } }";
    expect(await codes(`{ getMaterialForecasts(limit: 200) ${page} }`)).toEqual(["TOO_HEAVY"]);
    expect(await codes(`query ($limit: Int = 200) { getMaterialForecasts(limit: $limit) ${page} }`)).toEqual(["TOO_HEAVY"]);
    const fourPages = `query ($limit: Int) { ${["a", "b", "c", "d"].map((name) => `${name}: getMaterialForecasts(limit: $limit) ${page}`).join(" ")} }`;
    expect(await codes(fourPages, { limit: null })).toEqual(["TOO_HEAVY"]);
    const summaries = (count: number) => `{ ${Array.from({ length: count }, (_, index) => `s${index}: getForecastAccuracySummary(from: "2024-07-01", to: "2024-07-30") { from }`).join(" ")} }`;
    expect(await codes(summaries(3))).toBeUndefined();
    expect(await codes(summaries(4))).toEqual(["TOO_HEAVY"]);
    expect(await codes(`mutation { ${Array.from({ length: 5 }, (_, index) => `r${index}: generateForecasts { runId }`).join(" ")} }`)).toEqual(["TOO_HEAVY"]);
    expect((await ask(`{ ${"__typename ".repeat(2_001)} }`)).errors?.[0]?.message).toContain("2000 tokens");
  });

  it("shows its schema and GraphiQL outside production only", async () => {
    const schema = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }";
    expect((await ask(schema)).data).toBeDefined();
    const page = await fetch(`http://127.0.0.1:${app.service.port}/graphql`);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    await page.arrayBuffer();

    const production = await startTestService(server, database, "api", { NODE_ENV: "production" });
    try {
      const { port } = production.service;
      const refused = (await (await post({ query: schema }, { port })).json()) as Answer;
      expect(refused.data).toBeUndefined();
      expect(refused.errors?.[0]?.message).toContain("introspection");
      expect((await (await post({ query: "{ getMaterialForecasts(limit: 1) { asOf } }" }, { port })).json()) as Answer).toEqual({ data: { getMaterialForecasts: { asOf: expect.any(String) } } });
      expect((await production.get("/graphql")).status).toBe(404);
    } finally {
      await production.stop();
    }
  }, 30_000);

  it("hides errors that nobody foresaw", async () => {
    const client = server.connection("owner", database);
    const { default: pg } = await import("pg");
    const owner = new pg.Client(client);
    await owner.connect();
    await owner.query("ALTER TABLE items RENAME COLUMN unit TO unit_of_measure");
    try {
      const { errors } = await ask("{ getMaterialForecasts(limit: 1) { forecasts { item { name } } } }");
      expect(errors).toEqual([expect.objectContaining({ message: "The service failed to answer; the log has the reason under the request's id.", extensions: { code: "INTERNAL_ERROR", status: 500, requestId: expect.any(String) } })]);
    } finally {
      await owner.query("ALTER TABLE items RENAME COLUMN unit_of_measure TO unit");
      await owner.end();
    }
  });
});
