import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

describe("items", () => {
  let server: TestServer;
  let api: TestService;
  beforeAll(async () => {
    server = await startTestServer();
    api = await startTestService(server, await server.createDatabase(), "api");
  }, 60_000);
  afterAll(async () => {
    await api.stop();
    await server.remove();
  });

  const listed = async (query = "") => ((await api.get(`/api/items${query}`)).body["items"] as { sku: string }[]).map(({ sku }) => sku);

  it("are added, shown, replaced and retired, and the lists show it at once", async () => {
    const added = await api.send("POST", "/api/items", { json: { sku: "A 1/ä", name: "First", leadTimeDays: 7, serviceLevel: 0.95 } });
    expect(added).toMatchObject({ status: 201, body: { sku: "A 1/ä", name: "First", leadTimeDays: 7, unit: "each", active: true } });
    const path = added.headers.get("location") ?? "";
    expect((await api.get(path)).body).toEqual(added.body);
    expect(await listed()).toEqual(["A 1/ä"]);
    expect(await api.send("PUT", path, { json: { name: "Second" } })).toMatchObject({ status: 200, body: { name: "Second", leadTimeDays: null } });
    expect((await api.send("DELETE", path)).status).toBe(204);
    expect([await listed(), await listed("?active=all")]).toEqual([[], ["A 1/ä"]]);
  });

  it("are refused with one sentence when they exist, are not there or are wrong", async () => {
    await api.send("POST", "/api/items", { json: { sku: "B-1", name: "B" } });
    expect((await api.send("POST", "/api/items", { json: { sku: "B-1", name: "B" } })).status).toBe(409);
    for (const method of ["GET", "DELETE"]) expect((await api.send(method, "/api/items/NOBODY")).status).toBe(404);
    expect((await api.send("PUT", "/api/items/NOBODY", { json: { name: "N" } })).status).toBe(404);
    for (const json of [{}, { sku: "C", name: "" }, { sku: "C", name: "C", serviceLevel: 1.5 }, { sku: "C", name: "C", colour: "red" }]) expect((await api.send("POST", "/api/items", { json })).status).toBe(400);
  });

  it("are not replaced by somebody who has not seen the last change", async () => {
    const { body } = await api.send("POST", "/api/items", { json: { sku: "D-1", name: "D" } });
    expect((await api.send("PUT", "/api/items/D-1", { json: { name: "mine", updatedAt: body["updatedAt"] } })).status).toBe(200);
    expect((await api.send("PUT", "/api/items/D-1", { json: { name: "late", updatedAt: body["updatedAt"] } })).status).toBe(409);
  });

  it("come back from an export as they were, formulas of a spreadsheet disarmed", async () => {
    await api.send("POST", "/api/items", { json: { sku: "=E-1", name: "+SUM(A1)" } });
    const before = (await api.get("/api/items?active=all&limit=200")).body["items"] as { updatedAt: string }[];
    const csv = await (await fetch(`http://127.0.0.1:${api.service.port}/api/items/export`, { headers: { authorization: `Bearer ${SERVICE_TOKEN}` } })).text();
    expect(csv).toContain("'=E-1,'+SUM(A1)");
    expect((await api.post("/api/items/import", csv)).body).toMatchObject({ imported: before.length, rejected: 0 });
    const after = (await api.get("/api/items?active=all&limit=200")).body["items"] as { updatedAt: string }[];
    expect(after.map((item) => ({ ...item, updatedAt: null }))).toEqual(before.map((item) => ({ ...item, updatedAt: null })));
  });

  it("leave who changed what in the audit log", async () => {
    const { body } = await api.get("/api/audit?entity=item&entityId=D-1");
    expect((body["changes"] as { action: string; actor: string; after: { name: string } }[]).map(({ action, actor, after }) => [action, actor, after.name])).toEqual([["update", "service", "mine"], ["create", "service", "D"]]);
  });
});
