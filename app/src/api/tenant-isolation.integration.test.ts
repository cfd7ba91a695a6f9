import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { asSuperuser } from "../../embedded/provision.ts";
import { type ApiDocument, type Bodies, graphqlCalls, type OperationCall, type ParameterValues, restCalls } from "../test-support/every-operation.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

/** What only the other tenant's rows hold; none of it may be in an answer, unless the request itself named it. */
const marked = { sku: "SKU-OF-A", name: "Name of A", category: "category-of-a", facility: "facility-of-a", quantity: "731931", email: "user-of-a@a.example", token: "token-of-a" };
const password = "the password of the user of a";
const victim = "tenant-a";
const sdl = readFileSync(join(import.meta.dirname, "schema.graphql"), "utf8");

describe("the rows of another tenant", () => {
  let server: TestServer;
  let database: string;
  let app: TestService;
  let document: ApiDocument;
  let runOfA: string;
  let values: ParameterValues;
  const send = async ({ method, path, contentType, body }: OperationCall) => {
    const headers = { authorization: `Bearer ${SERVICE_TOKEN}`, ...(contentType === undefined ? {} : { "content-type": contentType }) };
    const response = await fetch(`http://127.0.0.1:${app.service.port}${path}`, { method, headers, body: body ?? null, redirect: "manual" });
    return { status: response.status, text: await response.text() };
  };
  const asPostgres = <Result>(sql: string, parameters: readonly unknown[] = []) => asSuperuser(server.superuser, database, async (client) => (await client.query(sql, [...parameters])).rows as Result[]);

  /** Demand and stock of an item that both tenants have and of one that only this tenant has, and a run over them. */
  const fill = async (own: { sku: string; name: string; category: string; facility: string; quantity: string }) => {
    const days = Array.from({ length: 60 }, (_, day) => new Date(Date.UTC(2024, 4, 1 + day)).toISOString().slice(0, 10));
    const imports = {
      items: ["sku,name,category", ...["SHARED", own.sku].map((sku) => `${sku},${own.name},${own.category}`)],
      inventory: ["sku,facility,quantity_on_hand", ...["SHARED", own.sku].map((sku) => `${sku},${own.facility},${own.quantity}`)],
      demand: ["sku,facility,date,quantity", ...["SHARED", own.sku].flatMap((sku) => days.map((date) => `${sku},${own.facility},${date},${own.quantity}`))],
    };
    for (const [kind, rows] of Object.entries(imports)) expect((await app.post(`/api/${kind}/import`, rows.join("\n"))).body).toMatchObject({ rejected: 0 });
    expect((await app.send("POST", "/api/transactions", { json: { reference: `reference of ${own.sku}`, type: "receipt", sku: own.sku, facility: own.facility, quantity: 1 } })).status).toBe(201);
    expect((await app.send("POST", "/api/replenishment/generate")).body).toMatchObject({ pending: 2 });
    const runId = await app.run();
    expect((await app.get(`/api/forecast/runs/${runId}`)).body).toMatchObject({ status: "completed" });
    // Known after the run, so that its forecasts are judged.
    expect((await app.post("/api/demand/import", `sku,facility,date,quantity\n${own.sku},${own.facility},2024-07-05,${own.quantity}\n`)).status).toBe(200);
    return runId;
  };

  /** What the routes of one tenant cannot make without a mailbox. */
  const fillDirectly = async () => {
    await asPostgres("INSERT INTO password_resets (token_hash, tenant_id, user_id, expires_at) SELECT 'hash', tenant_id, user_id, now() + interval '1 hour' FROM users WHERE email = $1", [marked.email]);
    await asPostgres("INSERT INTO query_log (tenant_id, query_hash, query_pattern, requests, duration_ms) VALUES ('default', 'hash', 'pattern-of-a', 1, 1)");
    await asPostgres(`INSERT INTO forecast_variants (run_id, tenant_id, facility_id, material_id, variant, served, model, parameters, point, lower_80, upper_80, lower_95, upper_95, mape_excluded, actual_sum, error_sum)
                      SELECT run_id, tenant_id, facility_id, material_id, 'regular', true, model, '{}', point, lower_80, upper_80, lower_95, upper_95, mape_excluded, actual_sum, error_sum FROM forecasts`);
    await asPostgres(`INSERT INTO forecast_accuracy_metrics (tenant_id, facility_id, material_id, measurement_period_start, measurement_period_end, model, periods, mape_excluded, mae, rmse, tracking_signal, actual_sum)
                      SELECT tenant_id, facility_id, material_id, '2024-01-01', '2024-01-30', model, 30, 0, 1, 1, 0, 1 FROM forecasts ON CONFLICT DO NOTHING`);
  };

  /** Bodies of the operations that take one: what would change A's rows if they could be reached. */
  const bodies: Bodies = {
    "POST /api/items/import": `sku,name\n${marked.sku},taken over\n`,
    "POST /api/inventory/import": `sku,facility,quantity_on_hand\n${marked.sku},${marked.facility},1\nSHARED,${marked.facility},1\n`,
    "POST /api/demand/import": `sku,facility,date,quantity\n${marked.sku},${marked.facility},2024-05-01,1\nSHARED,${marked.facility},2024-05-01,1\n`,
    "POST /api/transactions/import": `reference,type,sku,facility,quantity\nof b,receipt,${marked.sku},${marked.facility},1\nof b too,receipt,SHARED,${marked.facility},1\n`,
    "POST /api/transactions": { reference: `reference of ${marked.sku}`, type: "issue", sku: marked.sku, facility: marked.facility, quantity: 1 },
    "POST /api/replenishment/suggestions/{suggestionId}/accept": {},
    "POST /api/replenishment/suggestions/{suggestionId}/reject": {},
    "POST /api/replenishment/suggestions/{suggestionId}/order": {},
    "POST /api/items": { sku: marked.sku, name: "taken over" },
    "PUT /api/items/{sku}": { name: "taken over" },
    "POST /api/auth/login": { email: marked.email, password: "not the password" },
    "POST /api/auth/refresh": { refreshToken: "not a token" },
    "POST /api/auth/logout": { refreshToken: "not a token" },
    "POST /api/auth/password-reset/request": { email: marked.email },
    "POST /api/auth/password-reset/confirm": { token: "not a token", password: "another password of theirs" },
    "POST /api/auth/users": { email: marked.email, password: "another password of theirs", role: "admin" },
    "PUT /api/auth/users/{email}": { role: "admin", password: "another password of theirs" },
    "POST /api/auth/service-tokens": { name: marked.token, role: "viewer" },
    "POST /graphql": { query: "{ __typename }" },
    "POST /api/graphql": { query: "{ __typename }" },
  };
  const calls = () => [...restCalls(document, values, bodies), ...graphqlCalls(sdl, values)];
  const reading = (call: OperationCall) => call.method === "GET" || call.operation.startsWith("query ");
  /** The marks of A that an answer shows although the request does not. */
  const shown = (call: OperationCall, text: string) => {
    const request = `${decodeURIComponent(call.path)} ${call.body ?? ""}`;
    // A cursor holds the run that its list began with.
    const named = request.includes(String(values["cursor"])) ? `${request} ${runOfA}` : request;
    return [...Object.values(marked), runOfA].filter((mark) => text.includes(mark) && !named.includes(mark));
  };

  beforeAll(async () => {
    server = await startTestServer();
    database = await server.createDatabase();
    app = await startTestService(server, database);
    document = (await app.get("/api/openapi.json")).body as unknown as ApiDocument;
    runOfA = await fill(marked);
    await app.send("POST", "/api/auth/users", { json: { email: marked.email, password, role: "staff" } });
    expect((await app.send("POST", "/api/auth/login", { token: null, json: { email: marked.email, password } })).status).toBe(200);
    expect((await app.send("POST", "/api/auth/service-tokens", { json: { name: marked.token, role: "viewer" } })).status).toBe(201);
    await fillDirectly();
    const { body } = await app.get("/api/forecasts?limit=1");
    const { body: suggested } = await app.get("/api/replenishment/suggestions");
    values = {
      sku: marked.sku,
      facility: marked.facility,
      category: marked.category,
      run: runOfA,
      runId: runOfA,
      cursor: String(body["nextCursor"]),
      limit: 200,
      model: String((body["forecasts"] as { model: string }[])[0]?.model),
      from: "2024-07-01",
      to: "2024-07-05",
      suggestionId: String((suggested["suggestions"] as { id: string }[])[0]?.id),
      status: "pending",
      urgency: "HIGH",
      serviceLevel: 0.99,
      type: "receipt",
      asset: "swagger-ui.css",
      email: marked.email,
      name: marked.token,
      entity: "user",
      entityId: marked.email,
      actor: "service",
      flag: "CROSS_DOCK_ENABLED",
      active: "all",
    };
  }, 90_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });

  it("can be recognised: their own tenant sees the marks in every list", async () => {
    const seen = new Set<string>();
    for (const call of calls().filter(reading)) {
      const { status, text } = await send(call);
      expect([call.path, call.body, status < 500]).toEqual([call.path, call.body, true]);
      if (shown(call, text).length > 0) seen.add(call.operation);
    }
    expect([...seen]).toEqual(expect.arrayContaining(["GET /api/items", "GET /api/inventory", "GET /api/transactions", "GET /api/replenishment/suggestions", "GET /api/forecasts", "GET /api/forecast/accuracy/summary", "GET /api/forecast/accuracy/history", "GET /api/reports/daily", "GET /api/forecast/runs/{runId}/accuracy", "GET /api/forecast/models", "query getMaterialForecasts", "query getForecastModels", "query getReplenishmentRecommendations", "query getForecastAccuracySummary"]));
  });

  it("are neither seen nor changed by any operation of the API", async () => {
    // The rows become those of another tenant, as they are; the token's tenant starts anew.
    const tables = (await asPostgres<{ name: string }>("SELECT attrelid::regclass::text AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE attname = 'tenant_id' AND relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1")).map(({ name }) => name);
    await asPostgres("INSERT INTO tenants (tenant_id, name) VALUES ($1, 'A')", [victim]);
    await asSuperuser(server.superuser, database, async (client) => {
      await client.query("SET session_replication_role = replica");
      for (const table of tables.filter((name) => name !== "tenants")) await client.query(`UPDATE ${table} SET tenant_id = $1 WHERE tenant_id = 'default'`, [victim]);
    });
    const rowsOfA = async () => {
      const rows: Record<string, { rows: number; hash: string }> = {};
      for (const table of tables) {
        const [row] = await asPostgres<{ rows: number; hash: string }>(`SELECT count(*)::int AS rows, md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), '')) AS hash FROM ${table} t WHERE tenant_id = $1`, [victim]);
        if (row !== undefined) rows[table] = row;
      }
      return rows;
    };
    const before = await rowsOfA();
    expect(Object.entries(before).filter(([, { rows }]) => rows === 0).map(([table]) => table)).toEqual([]);

    await fill({ sku: "SKU-OF-B", name: "Name of B", category: "category-of-b", facility: "facility-of-b", quantity: "5" });
    const all = calls();
    const answers: string[] = [];
    // Reads come first: what B writes under A's names is B's own, and may be shown.
    for (const call of [...all.filter(reading), ...all.filter((one) => !reading(one))]) {
      const { status, text } = await send(call);
      const request = `${call.operation}: ${call.method} ${call.path} ${call.body ?? ""}`;
      if (status >= 500) answers.push(`${request} was answered with ${status}: ${text}`);
      const marks = shown(call, text);
      if (marks.length > 0) answers.push(`${request} shows ${marks.join(", ")}: ${text}`);
    }
    expect(answers).toEqual([]);
    expect(await rowsOfA()).toEqual(before);
  }, 60_000);

  it("are not found under their own ids", async () => {
    for (const path of [`/api/forecast/runs/${runOfA}`, `/api/forecast/runs/${runOfA}/accuracy`, `/api/forecasts?run=${runOfA}`]) expect([path, (await app.get(path)).status]).toEqual([path, 404]);
  });
});
