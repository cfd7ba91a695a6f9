import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { asSuperuser } from "../../embedded/provision.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

const PASSWORD = "a long enough password";

describe("administrators", () => {
  let server: TestServer;
  let database: string;
  let app: TestService;
  const login = (email: string, password = PASSWORD) => app.send("POST", "/api/auth/login", { token: null, json: { email, password } });
  const changesOf = async (entity: string, entityId: string) => (await app.get(`/api/audit?entity=${entity}&entityId=${entityId}`)).body["changes"] as Record<string, unknown>[];
  const asPostgres = (sql: string) => asSuperuser(server.superuser, database, async (client) => (await client.query(sql)).rows as Record<string, unknown>[]);

  beforeAll(async () => {
    server = await startTestServer();
    database = await server.createDatabase();
    app = await startTestService(server, database, "api");
  }, 120_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });

  it("add, change, list and remove users, and each change is in the audit log without a password", async () => {
    const made = await app.send("POST", "/api/auth/users", { json: { email: "Ann@Example.com", password: PASSWORD, role: "staff" } });
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe("/api/auth/users/ann%40example.com");
    expect(made.body).toEqual({ email: "ann@example.com", role: "staff", active: true, createdAt: expect.any(String), updatedAt: expect.any(String) });
    expect((await app.send("POST", "/api/auth/users", { json: { email: "ann@example.com", password: PASSWORD, role: "viewer" } })).status).toBe(409);
    expect((await app.send("PUT", "/api/auth/users/ann@example.com", { json: { role: "viewer", password: "another long password" } })).body).toMatchObject({ role: "viewer", active: true });
    expect((await login("ann@example.com")).status).toBe(401);
    expect((await login("ann@example.com", "another long password")).body["role"]).toBe("viewer");
    expect((await app.get("/api/auth/users")).body["users"]).toMatchObject([{ email: "ann@example.com", role: "viewer" }]);
    expect((await app.send("DELETE", "/api/auth/users/ann@example.com")).status).toBe(204);
    expect((await app.send("DELETE", "/api/auth/users/ann@example.com")).status).toBe(404);
    expect((await login("ann@example.com", "another long password")).status).toBe(401);

    const changes = await changesOf("user", "ann@example.com");
    expect(changes.map(({ action, actor, actorKind }) => [action, actor, actorKind])).toEqual([
      ["delete", "service", "service"],
      ["login", "ann@example.com", "user"],
      ["update", "service", "service"],
      ["create", "service", "service"],
    ]);
    expect(changes[2]).toMatchObject({ before: { role: "staff" }, after: { role: "viewer", passwordChanged: true } });
    expect(changes.every(({ requestId }) => typeof requestId === "string")).toBe(true);
    expect(JSON.stringify(changes)).not.toMatch(/argon2|another long password|a long enough password/);
  });

  it("page through users", async () => {
    for (const name of ["p1", "p2", "p3"]) await app.send("POST", "/api/auth/users", { json: { email: `${name}@pages.example`, password: PASSWORD, role: "viewer" } });
    const emails: string[] = [];
    let cursor = "";
    do {
      const { body } = await app.get(`/api/auth/users?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
      emails.push(...(body["users"] as { email: string }[]).map(({ email }) => email));
      cursor = typeof body["nextCursor"] === "string" ? body["nextCursor"] : "";
    } while (cursor !== "");
    expect(emails).toEqual([...emails].sort());
    expect(emails.filter((email) => email.endsWith("@pages.example"))).toHaveLength(3);
  });

  it.each([
    [{ email: "x@example.com", password: "too short", role: "viewer" }, "The field password must have at least 12 characters."],
    [{ email: "x", password: PASSWORD, role: "viewer" }, "The field email must be an e-mail address."],
    [{ email: "x@example.com", password: PASSWORD, role: "root" }, "The field role must be one of viewer, staff, admin."],
    [{ email: "x@example.com", password: PASSWORD, role: "viewer", tenant: "other" }, "There is no field tenant."],
  ])("are told what is wrong with %j", async (json, detail) => {
    expect((await app.send("POST", "/api/auth/users", { json })).body).toMatchObject({ status: 400, detail });
  });

  it("cannot leave the tenant without an active administrator, not even two at once", async () => {
    for (const name of ["first", "second"]) await app.send("POST", "/api/auth/users", { json: { email: `${name}@admins.example`, password: PASSWORD, role: "admin" } });
    const answers = await Promise.all([app.send("DELETE", "/api/auth/users/first@admins.example"), app.send("PUT", "/api/auth/users/second@admins.example", { json: { role: "staff" } })]);
    expect(answers.map(({ status }) => status).filter((status) => status === 409)).toHaveLength(1);
    expect(await asPostgres("SELECT count(*)::int AS n FROM users WHERE role = 'admin' AND active")).toEqual([{ n: 1 }]);
  });

  it("see no users of other tenants and cannot take their addresses", async () => {
    await asPostgres("INSERT INTO tenants (tenant_id, name) VALUES ('other', 'Other'); INSERT INTO users (tenant_id, email, password_hash, role) VALUES ('other', 'bob@other.example', 'x', 'admin')");
    expect(JSON.stringify((await app.get("/api/auth/users?limit=200")).body)).not.toContain("bob@other.example");
    expect((await app.send("DELETE", "/api/auth/users/bob@other.example")).status).toBe(404);
    expect((await app.send("POST", "/api/auth/users", { json: { email: "bob@other.example", password: PASSWORD, role: "viewer" } })).status).toBe(409);
  });

  it("make service tokens that act with their role until they are revoked", async () => {
    const made = await app.send("POST", "/api/auth/service-tokens", { json: { name: "importer", role: "staff" } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: "importer", role: "staff", createdBy: "service", expiresAt: null, token: expect.stringMatching(/^fcs_default_[\w-]{43}$/) });
    const token = String(made.body["token"]);
    expect((await app.send("GET", "/api/items", { token })).status).toBe(200);
    expect((await app.send("POST", "/api/forecast/trigger", { token })).status).toBe(403);
    expect((await app.send("POST", "/api/auth/service-tokens", { json: { name: "importer", role: "viewer" } })).status).toBe(409);
    const list = await app.get("/api/auth/service-tokens");
    expect(list.body["serviceTokens"]).toMatchObject([{ name: "importer" }]);
    expect(JSON.stringify(list.body)).not.toContain(token);
    expect((await app.send("DELETE", "/api/auth/service-tokens/importer")).status).toBe(204);
    expect((await app.send("GET", "/api/items", { token })).status).toBe(401);
    expect((await app.send("DELETE", "/api/auth/service-tokens/importer")).status).toBe(404);
    const changes = await changesOf("service-token", "importer");
    expect(changes.map(({ action }) => action)).toEqual(["revoke", "create"]);
    expect(JSON.stringify(changes)).not.toContain(token);
    expect(JSON.stringify(await asPostgres("SELECT * FROM service_tokens"))).not.toContain(token);
  });

  it("make service tokens that expire", async () => {
    const { body } = await app.send("POST", "/api/auth/service-tokens", { json: { name: "short-lived", role: "viewer", expiresInDays: 1 } });
    const token = String(body["token"]);
    expect((await app.send("GET", "/api/items", { token })).status).toBe(200);
    await asPostgres("UPDATE service_tokens SET expires_at = now() - interval '1 second' WHERE name = 'short-lived'");
    expect((await app.send("GET", "/api/items", { token })).status).toBe(401);
  });

  it("read the audit log page by page, by kind and by actor", async () => {
    const first = await app.get("/api/audit?entity=service-token&limit=1");
    const second = await app.get(`/api/audit?entity=service-token&limit=1&cursor=${String(first.body["nextCursor"])}`);
    const ids = [first, second].map(({ body }) => Number((body["changes"] as { id: string }[])[0]?.id));
    expect(ids[0]).toBeGreaterThan(ids[1] ?? Infinity);
    const byActor = (await app.get("/api/audit?actor=ann@example.com")).body["changes"] as { actor: string }[];
    expect(new Set(byActor.map(({ actor }) => actor))).toEqual(new Set(["ann@example.com"]));
    expect((await app.get("/api/audit?entityId=x")).body).toMatchObject({ status: 400, detail: "The query parameter entityId needs entity beside it." });
    expect((await app.get("/api/audit?cursor=x")).status).toBe(400);
  });
});
