import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { encodeCursor } from "../platform/pagination.ts";
import { type ApiDocument, type Bodies, graphqlCalls, type OperationCall, type ParameterValues, restCalls } from "../test-support/every-operation.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

const sdl = readFileSync(join(import.meta.dirname, "schema.graphql"), "utf8");
const id = "00000000-0000-4000-8000-000000000001";

/** What is well formed, for every parameter and argument. */
const usual: ParameterValues = { sku: "SKU-1", facility: "main", category: "tools", run: id, runId: id, cursor: encodeCursor([id, "SKU-1", "main"]), limit: 50, model: "croston", from: "2024-07-01", to: "2024-07-02", suggestionId: id, status: "pending", urgency: "HIGH", serviceLevel: 0.99, type: "receipt", asset: "swagger-ui.css", email: "ann@example.com", name: "importer", entity: "item", entityId: "SKU-1", actor: "service", flag: "CROSS_DOCK_ENABLED", active: "all" };
const usualBodies: Bodies = {
  "POST /api/items/import": "sku,name\nSKU-1,Item\n",
  "POST /api/inventory/import": "sku,facility,quantity_on_hand\nSKU-1,main,1\n",
  "POST /api/demand/import": "sku,facility,date,quantity\nSKU-1,main,2024-07-01,1\n",
  "POST /api/transactions/import": "reference,type,sku,facility,quantity,note,occurred_at\nR-1,receipt,SKU-1,main,1,Note,2024-07-01T12:00:00Z\n",
  "POST /api/transactions": { reference: "R-2", type: "transfer", sku: "SKU-1", facility: "main", toFacility: "shop", quantity: 1, note: "Note", occurredAt: "2024-07-01T12:00:00Z" },
  "POST /api/replenishment/suggestions/{suggestionId}/accept": { note: "Note" },
  "POST /api/replenishment/suggestions/{suggestionId}/reject": { note: "Note" },
  "POST /api/replenishment/suggestions/{suggestionId}/order": { note: "Note" },
  "POST /api/items": { sku: "SKU-2", name: "Item", category: "tools", unit: "each", supplier: "Supplier" },
  "PUT /api/items/{sku}": { name: "Item", category: "tools", unit: "each", supplier: "Supplier", updatedAt: "2024-07-01T12:00:00Z" },
  "POST /api/auth/login": { email: "ann@example.com", password: "not the password" },
  "POST /api/auth/refresh": { refreshToken: "not a token" },
  "POST /api/auth/logout": { refreshToken: "not a token" },
  "POST /api/auth/password-reset/request": { email: "ann@example.com" },
  "POST /api/auth/password-reset/confirm": { token: "not a token", password: "a long enough password" },
  "POST /api/auth/users": { email: "bob@example.com", password: "a long enough password", role: "viewer" },
  "PUT /api/auth/users/{email}": { role: "viewer", password: "a long enough password" },
  "POST /api/auth/service-tokens": { name: "importer", role: "viewer" },
  "POST /graphql": { query: "{ __typename }" },
  "POST /api/graphql": { query: "{ __typename }" },
};

/** The same with a character that Postgres cannot store, and with a year that it does not have. */
function unreadable(value: string): string[] {
  return [`${value.slice(0, 1)}\u0000${value.slice(1)}`, ...(value.startsWith("2024-") ? [value.replace("2024", "0000")] : [])];
}

/** Positions that no list gave, for lists of one to three parts. */
const cursors = [["S\u0000"], ["0000-01-01"], ["SKU-1", "m\u0000"], ["0000-01-01", "main"], ["2024-07-01", "m\u0000"], ["2024-13-01", "main"], ["x", "SKU-1", "main"], [id, "S\u0000", "main"]].map(encodeCursor);

/** The body with one text of it unreadable at a time: a field of an object, a cell of a CSV's last row. */
function unreadableBodies(body: object | string): (object | string)[] {
  if (typeof body === "string") {
    const [header = "", row = ""] = body.split("\n");
    const cells = row.split(",");
    return cells.flatMap((cell, index) => unreadable(cell).map((wrong) => `${header}\n${cells.with(index, wrong).join(",")}\n`));
  }
  return Object.entries(body).flatMap(([field, value]) => (typeof value === "string" ? unreadable(value).map((wrong) => ({ ...body, [field]: wrong })) : []));
}

let server: TestServer;
let app: TestService;
beforeAll(async () => {
  server = await startTestServer();
  app = await startTestService(server, await server.createDatabase(), "api");
  await app.post("/api/items/import", "sku,name\nSKU-1,Item\n");
}, 60_000);
afterAll(async () => {
  await app.stop();
  await server.remove();
});

it("no operation fails for a text that the database cannot read: it is refused before it gets there", async () => {
  const document = (await app.get("/api/openapi.json")).body as unknown as ApiDocument;
  const callsWith = (values: ParameterValues, bodies: Bodies) => [...restCalls(document, values, bodies), ...graphqlCalls(sdl, values)];
  const calls = new Map<string, OperationCall>();
  const keyOf = ({ method, path, body }: OperationCall) => `${method} ${path} ${body ?? ""}`;
  const add = (made: readonly OperationCall[]) => {
    for (const call of made) calls.set(keyOf(call), call);
  };
  for (const [name, value] of Object.entries(usual)) for (const wrong of unreadable(String(value))) add(callsWith({ ...usual, [name]: wrong }, usualBodies));
  for (const cursor of cursors) add(callsWith({ ...usual, cursor }, usualBodies));
  for (const [operation, body] of Object.entries(usualBodies)) for (const wrong of unreadableBodies(body)) add(restCalls(document, usual, { ...usualBodies, [operation]: wrong }));
  for (const call of callsWith(usual, usualBodies)) calls.delete(keyOf(call));
  expect(calls.size).toBeGreaterThan(250);

  const failed: string[] = [];
  for (const { operation, method, path, contentType, body } of calls.values()) {
    const headers = { authorization: `Bearer ${SERVICE_TOKEN}`, ...(contentType === undefined ? {} : { "content-type": contentType }) };
    const response = await fetch(`http://127.0.0.1:${app.service.port}${path}`, { method, headers, body: body ?? null });
    const text = await response.text();
    if (response.status >= 500 || text.includes("INTERNAL_ERROR")) failed.push(`${operation}: ${path} ${body ?? ""} was answered with ${response.status}: ${text}`);
  }
  expect(failed).toEqual([]);
  expect([...(await app.text("/metrics")).matchAll(/^database_query_errors_total\{query="(.*)"\} [1-9]/gm)].map(([, query]) => query)).toEqual([]);
}, 120_000);
