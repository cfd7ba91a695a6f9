import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Role } from "../platform/principal.ts";
import type { ApiDocument } from "../test-support/every-operation.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

const id = "00000000-0000-4000-8000-000000000000";

/** The permission matrix: the lowest role that may use each operation. */
const matrix: readonly (readonly [needed: Role, operation: string])[] = [
  ["viewer", "GET /api/items"],
  ["viewer", "GET /api/items/export"],
  ["viewer", "GET /api/items/{sku}"],
  ["staff", "POST /api/items"],
  ["staff", "POST /api/items/import"],
  ["staff", "PUT /api/items/{sku}"],
  ["staff", "DELETE /api/items/{sku}"],
  ["viewer", "GET /api/inventory"],
  ["viewer", "GET /api/inventory/summary"],
  ["viewer", "GET /api/inventory/export"],
  ["staff", "POST /api/inventory/import"],
  ["viewer", "GET /api/transactions"],
  ["viewer", "GET /api/transactions/export"],
  ["staff", "POST /api/transactions"],
  ["staff", "POST /api/transactions/import"],
  ["viewer", "GET /api/demand"],
  ["viewer", "GET /api/demand/export"],
  ["staff", "POST /api/demand/import"],
  ["viewer", "GET /api/replenishment/safety-stock"],
  ["viewer", "GET /api/replenishment/suggestions"],
  ["viewer", "GET /api/replenishment/suggestions/{suggestionId}"],
  ["staff", "POST /api/replenishment/generate"],
  ["staff", "POST /api/replenishment/suggestions/{suggestionId}/accept"],
  ["staff", "POST /api/replenishment/suggestions/{suggestionId}/reject"],
  ["staff", "POST /api/replenishment/suggestions/{suggestionId}/order"],
  ["admin", "GET /api/flags/history"],
  ["viewer", "GET /api/forecasts"],
  ["viewer", "GET /api/forecast/models"],
  ["viewer", "GET /api/forecast/accuracy"],
  ["viewer", "GET /api/forecast/accuracy/history"],
  ["viewer", "GET /api/forecast/accuracy/summary"],
  ["viewer", "GET /api/forecast/runs/{runId}"],
  ["viewer", "GET /api/forecast/runs/{runId}/accuracy"],
  ["admin", "POST /api/forecast/trigger"],
  ["admin", "POST /api/v1/admin/trigger-forecast"],
  ["admin", "POST /jobs/maintenance"],
  ["viewer", "GET /api/reports/daily"],
  ["admin", "POST /api/reports/daily/send"],
  ["viewer", "GET /api/ml/status"],
  ["admin", "GET /api/audit"],
  ["admin", "GET /api/auth/users"],
  ["admin", "POST /api/auth/users"],
  ["admin", "PUT /api/auth/users/{email}"],
  ["admin", "DELETE /api/auth/users/{email}"],
  ["admin", "GET /api/auth/service-tokens"],
  ["admin", "POST /api/auth/service-tokens"],
  ["admin", "DELETE /api/auth/service-tokens/{name}"],
];
/** What everybody may use: signing in, and what says nothing of anybody's rows. */
const open = [
  "POST /api/auth/login",
  "POST /api/auth/refresh",
  "POST /api/auth/logout",
  "POST /api/auth/password-reset/request",
  "POST /api/auth/password-reset/confirm",
  "GET /health/live",
  "GET /health/ready",
  "GET /api/health",
  "GET /api/health/report",
  "GET /api/openapi.json",
  "GET /api/docs",
  "GET /api/docs/start.js",
  "GET /api/docs/{asset}",
];
const order: readonly Role[] = ["viewer", "staff", "admin"];

describe("the permission matrix", () => {
  let server: TestServer;
  let app: TestService;
  const tokens = new Map<Role, string>();
  beforeAll(async () => {
    server = await startTestServer();
    app = await startTestService(server, await server.createDatabase());
    for (const role of order) {
      const { body } = await app.send("POST", "/api/auth/service-tokens", { json: { name: role, role } });
      tokens.set(role, String(body["token"]));
    }
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  }, 30_000);

  /** The status alone: a CSV is no JSON. */
  const statusOf = async (operation: string, token: string | undefined) => {
    const [method = "", path = ""] = operation.split(" ");
    const target = path.replace(/\{(suggestionId|runId)\}/, id).replace(/\{(sku|email|name)\}/, "NOTHING");
    const response = await fetch(`http://127.0.0.1:${app.service.port}${target}`, { method, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    return response.status;
  };

  it("names every operation of the API", async () => {
    const { paths } = (await app.get("/api/openapi.json")).body as unknown as ApiDocument;
    const documented = Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
    expect(documented.filter((operation) => !open.includes(operation) && !operation.endsWith("/graphql")).sort()).toEqual(matrix.map(([, operation]) => operation).sort());
  });

  it.each<[Role, string]>([
    ["staff", "mutation { generateReplenishmentRecommendations { examined } }"],
    ["admin", "mutation { generateForecasts { runId } }"],
  ])("asks for the role %s in %s", async (needed, query) => {
    for (const role of order) {
      const { body } = await app.send("POST", "/graphql", { token: tokens.get(role) ?? null, json: { query } });
      const refused = order.indexOf(role) < order.indexOf(needed);
      const refusal = { message: `This needs the role ${needed}; yours is ${role}.`, extensions: expect.objectContaining({ code: "FORBIDDEN", status: 403 }) };
      expect([role, body["errors"]]).toEqual([role, refused ? [expect.objectContaining(refusal)] : undefined]);
    }
  });

  it.each(matrix)("asks for the role %s in %s", async (needed, operation) => {
    expect(await statusOf(operation, undefined)).toBe(401);
    for (const role of order) {
      const status = await statusOf(operation, tokens.get(role));
      const refused = order.indexOf(role) < order.indexOf(needed);
      expect({ role, refused: status === 403 }).toEqual({ role, refused });
      expect([401, 500, 503]).not.toContain(status);
    }
  }, 30_000);
});
