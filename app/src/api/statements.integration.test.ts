import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type ApiDocument, graphqlCalls, type OperationCall, type ParameterValues, restCalls } from "../test-support/every-operation.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

const sdl = readFileSync(join(import.meta.dirname, "schema.graphql"), "utf8");
/** Every answer is computed, and nobody but the test asks for anything. */
const uncached = { CACHE_TTL_ITEMS: "0", CACHE_TTL_SUMMARY: "0", QUERY_CACHE_TTL: "0", FORECAST_CACHE_TTL: "0", SCHEDULER_WATCHDOG_ENABLED: "false", ML_SERVICE_KEEPALIVE: "false", CRON_HEALTH_CHECK: "0 0 1 1 *" };
/** What runs beside requests. */
const inBackground = /^(queue|query-log\.|commit$)/;
const FEW = 2;
const MANY = 40;

/** A service with so many items, each with all that can be asked for, and the values that its operations are called with. */
interface Filled {
  readonly app: TestService;
  readonly calls: readonly OperationCall[];
}

/** Health asks for the schema when it was not asked for a while, whatever the rows. */
const BY_TIME = "schema.version";

describe("an answer", () => {
  let server: TestServer;
  let few: Filled;
  let many: Filled;

  const fill = async (items: number): Promise<Filled> => {
    const app = await startTestService(server, await server.createDatabase(), "api+worker", uncached);
    const skus = Array.from({ length: items }, (_, index) => `SKU-${String(index + 1).padStart(3, "0")}`);
    const days = Array.from({ length: 60 }, (_, day) => new Date(Date.UTC(2024, 4, 1 + day)).toISOString().slice(0, 10));
    const imports = {
      items: ["sku,name", ...skus.map((sku) => `${sku},Item ${sku}`)],
      inventory: ["sku,quantity_on_hand", ...skus.map((sku) => `${sku},1`)],
      demand: ["sku,date,quantity", ...skus.flatMap((sku, item) => days.map((date, day) => `${sku},${date},${5 + ((day * 7 + item) % 11)}`))],
      transactions: ["reference,type,sku,quantity", ...skus.map((sku) => `reference of ${sku},receipt,${sku},1`)],
    };
    const load = async (kind: string, rows: readonly string[]) => expect((await app.post(`/api/${kind}/import`, rows.join("\n"))).body).toMatchObject({ rejected: 0 });
    for (const [kind, rows] of Object.entries(imports)) await load(kind, rows);
    const runId = await app.run();
    expect((await app.post("/api/replenishment/generate")).body).toMatchObject({ pending: items });
    // What follows a run by itself must not be counted as a request's.
    await eventually(async () => {
      if (!(await counts(app)).has("accuracy.prune")) throw new Error("maintenance is under way");
    });
    // Known after the run, so that its forecasts are compared.
    await load("demand", ["sku,date,quantity", ...skus.map((sku) => `${sku},2024-07-02,6`)]);
    for (const sku of skus.slice(0, Math.ceil(items / 8))) {
      expect((await app.send("POST", "/api/auth/users", { json: { email: `${sku}@example.com`.toLowerCase(), password: "a password of twelve", role: "viewer" } })).status).toBe(201);
      expect((await app.send("POST", "/api/auth/service-tokens", { json: { name: sku.toLowerCase(), role: "viewer" } })).status).toBe(201);
    }
    const { body: suggested } = await app.get("/api/replenishment/suggestions");
    const suggestionId = String((suggested["suggestions"] as { id: string }[])[0]?.id);
    const [sku = ""] = skus;
    const values: ParameterValues = { sku, runId, run: runId, suggestionId, email: "nobody@example.com", name: "nothing", asset: "swagger-ui.css", flag: "CROSS_DOCK_ENABLED", ...others };
    const document = (await app.get("/api/openapi.json")).body as unknown as ApiDocument;
    const reads = [...readsOf(document, values), ...graphqlCalls(sdl, values).filter(({ operation }) => operation.startsWith("query "))];
    // Of each operation the call with the arguments that it needs, so that a list gives as much as it has.
    return { app, calls: [...new Map(reads.reverse().map((call) => [call.operation, call])).values()].reverse() };
  };
  /** The statements of a request, by their names, and the length of its answer. */
  const asked = async ({ app }: Filled, { method, path, contentType, body }: OperationCall): Promise<{ statements: Record<string, number>; length: number }> => {
    const before = await counts(app);
    const headers = { authorization: `Bearer ${SERVICE_TOKEN}`, ...(contentType === undefined ? {} : { "content-type": contentType }) };
    const response = await fetch(`http://127.0.0.1:${app.service.port}${path}`, { method, headers, body: body ?? null });
    const text = await response.text();
    expect([path, response.status, text.includes('"errors":[{')]).toEqual([path, 200, false]);
    const after = await counts(app);
    return { statements: Object.fromEntries([...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const).filter(([name, count]) => count > 0 && name !== BY_TIME)), length: text.length };
  };

  beforeAll(async () => {
    server = await startTestServer();
    [few, many] = [await fill(FEW), await fill(MANY)];
  }, 120_000);
  afterAll(async () => {
    await few.app.stop();
    await many.app.stop();
    await server.remove();
  }, 30_000);

  it("costs as many statements for many rows as for few, whatever is read", async () => {
    const longer: string[] = [];
    for (const [index, call] of few.calls.entries()) {
      const [ofFew, ofMany] = [await asked(few, call), await asked(many, many.calls[index] ?? call)];
      expect([call.operation, ofMany.statements]).toEqual([call.operation, ofFew.statements]);
      if (ofMany.length > 3 * ofFew.length) longer.push(call.operation);
    }
    // These answers did have many rows.
    const lists = ["items", "inventory", "transactions", "forecasts", "forecast/models", "replenishment/suggestions", "auth/users", "auth/service-tokens", "items/export", "demand/export", "inventory/export", "transactions/export"];
    expect(longer).toEqual(expect.arrayContaining([...lists.map((path) => `GET /api/${path}`), "query getMaterialForecasts", "query getForecastModels", "query getReplenishmentRecommendations"]));
  }, 120_000);
});

/** Values that are the same for both services. */
const others = { facility: "main", category: "none", cursor: "x", limit: 50, model: "croston", from: "2024-07-01", to: "2024-07-02", status: "pending", urgency: "HIGH", serviceLevel: 0.99, type: "receipt", entity: "item", entityId: "SKU-001", actor: "service", active: "all" };

/** What is read with GET and needs a token; the other operations are not called. */
function readsOf({ paths }: ApiDocument, values: ParameterValues): OperationCall[] {
  const reads = Object.entries(paths).flatMap(([path, { get }]) => (get === undefined || path.startsWith("/api/docs") || path === "/graphql" || path === "/api/graphql" ? [] : [[path, { get }] as const]));
  return restCalls({ paths: Object.fromEntries(reads) }, values, {});
}

async function counts({ service }: TestService): Promise<Map<string, number>> {
  const { values } = await service.metrics.database_query_duration_seconds.get();
  return new Map(values.filter(({ metricName, labels }) => metricName?.endsWith("_count") === true && !inBackground.test(String(labels["query"]))).map(({ labels, value }) => [String(labels["query"]), value]));
}
