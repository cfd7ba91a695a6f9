import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { asSuperuser } from "../../embedded/provision.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { eventually } from "../test-support/eventually.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

const PASSWORD = "a password of the role users";

describe("sessions of users", () => {
  let server: TestServer;
  let app: TestService;
  const login = (email: string, password = PASSWORD) => app.send("POST", "/api/auth/login", { token: null, json: { email, password } });
  const refresh = (refreshToken: unknown) => app.send("POST", "/api/auth/refresh", { token: null, json: { refreshToken: String(refreshToken) } });
  const reads = async (accessToken: unknown) => (await app.send("GET", "/api/items", { token: String(accessToken) })).status;
  const addUser = async (email: string, role = "viewer") => expect((await app.send("POST", "/api/auth/users", { json: { email, password: PASSWORD, role } })).status).toBe(201);

  beforeAll(async () => {
    server = await startTestServer();
    app = await startTestService(server, await server.createDatabase(), "api", { ROLE_USERS_PASSWORD: PASSWORD });
    await eventually(async () => expect((await login("viewer@local")).status).toBe(200));
  }, 120_000);
  afterAll(async () => {
    await app.stop();
    await server.remove();
  });

  it.each(["viewer", "staff", "admin"])("begin for the role user of %s", async (role) => {
    const { status, body, headers } = await login(`${role}@local`);
    expect(status).toBe(200);
    expect(body).toEqual({ accessToken: expect.any(String), refreshToken: expect.stringMatching(/^fcr_default_/), expiresIn: 43_200, role });
    expect(headers.get("cache-control")).toBe("no-store");
    const claims = decodeJwt(String(body["accessToken"]));
    expect(claims).toMatchObject({ sub: `${role}@local`, tenant: "default", role, iss: "forecast-service", aud: "forecast-service" });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(43_200);
    expect(await reads(body["accessToken"])).toBe(200);
  });

  it("begin whatever the case of the address", async () => {
    expect((await login("Viewer@LOCAL")).status).toBe(200);
  });

  it("do not begin with a wrong password or an unknown address, and the answer is the same", async () => {
    const wrong = await login("viewer@local", "another password");
    const unknown = await login("nobody@local");
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.body["detail"]).toBe("The e-mail address or the password is wrong.");
    expect(unknown.body["detail"]).toBe(wrong.body["detail"]);
    expect(await app.text("/metrics")).toMatch(/^auth_logins_total\{outcome="refused"\} [1-9]/m);
  });

  it("go on with a new refresh token each time", async () => {
    const { body: first } = await login("viewer@local");
    const { status, body: second } = await refresh(first["refreshToken"]);
    expect(status).toBe(200);
    expect(second).toMatchObject({ expiresIn: 43_200, role: "viewer" });
    expect(second["refreshToken"]).not.toBe(first["refreshToken"]);
    expect((await refresh(second["refreshToken"])).status).toBe(200);
  });

  it("end when a refresh token is used twice, and others of the user go on", async () => {
    const [{ body: stolen }, { body: other }] = [await login("staff@local"), await login("staff@local")];
    const { body: next } = await refresh(stolen["refreshToken"]);
    expect((await refresh(stolen["refreshToken"])).status).toBe(401);
    expect((await refresh(next["refreshToken"])).status).toBe(401);
    expect([await reads(stolen["accessToken"]), await reads(next["accessToken"])]).toEqual([401, 401]);
    expect((await refresh(other["refreshToken"])).status).toBe(200);
    expect(await reads(other["accessToken"])).toBe(200);
    const { body } = await app.get("/api/audit?entity=user&entityId=staff@local&limit=1");
    expect(body["changes"]).toMatchObject([{ action: "revoke-reused", actor: "staff@local", actorKind: "user" }]);
  });

  it("end when two requests use one refresh token at once: only one of them is answered", async () => {
    const { body } = await login("viewer@local");
    const answers = await Promise.all([refresh(body["refreshToken"]), refresh(body["refreshToken"])]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await refresh(winner?.body["refreshToken"])).status).toBe(401);
  });

  it("end at a sign-out, which may be repeated", async () => {
    const { body } = await login("viewer@local");
    const logout = () => app.send("POST", "/api/auth/logout", { token: null, json: { refreshToken: body["refreshToken"] } });
    expect(await reads(body["accessToken"])).toBe(200);
    expect([(await logout()).status, (await logout()).status]).toEqual([204, 204]);
    expect((await refresh(body["refreshToken"])).status).toBe(401);
    expect(await reads(body["accessToken"])).toBe(401);
  });

  it("end when the user is deactivated, at once", async () => {
    await addUser("leaving@example.com");
    const { body } = await login("leaving@example.com");
    expect((await app.send("PUT", "/api/auth/users/leaving@example.com", { json: { active: false } })).body).toMatchObject({ active: false });
    expect((await refresh(body["refreshToken"])).status).toBe(401);
    expect((await login("leaving@example.com")).status).toBe(401);
    const refused = await app.send("GET", "/api/items", { token: String(body["accessToken"]) });
    expect([refused.status, refused.body["detail"]]).toEqual([401, "The session of this token is ended; sign in again."]);
    // Being active again brings no ended session back.
    await app.send("PUT", "/api/auth/users/leaving@example.com", { json: { active: true } });
    expect((await refresh(body["refreshToken"])).status).toBe(401);
    expect(await reads(body["accessToken"])).toBe(401);
    expect((await login("leaving@example.com")).status).toBe(200);
  });

  it("do not outlive a change of the password that is under way: a refresh waits for it", async () => {
    await addUser("changing@example.com");
    const { body } = await login("changing@example.com");
    await asSuperuser(server.superuser, app.database, async (client) => {
      await client.query("BEGIN");
      await client.query("UPDATE users SET updated_at = now() WHERE email = 'changing@example.com'");
      const refreshed = refresh(body["refreshToken"]);
      const waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%refresh_tokens%'";
      await eventually(async () => expect(await server.query(app.database, waiting)).toHaveLength(1), 5_000);
      await client.query("UPDATE refresh_tokens SET revoked_at = now() WHERE user_id = (SELECT user_id FROM users WHERE email = 'changing@example.com')");
      await client.query("COMMIT");
      expect((await refreshed).status).toBe(401);
    });
    expect(await server.query(app.database, "SELECT FROM refresh_tokens JOIN users USING (user_id) WHERE email = 'changing@example.com' AND revoked_at IS NULL")).toEqual([]);
  }, 15_000);

  it("end when the user's role changes, so that nobody acts with the old one", async () => {
    await addUser("demoted@example.com", "staff");
    const { body } = await login("demoted@example.com");
    await app.send("PUT", "/api/auth/users/demoted@example.com", { json: { role: "viewer" } });
    expect((await refresh(body["refreshToken"])).status).toBe(401);
    expect(await reads(body["accessToken"])).toBe(401);
    expect((await login("demoted@example.com")).body["role"]).toBe("viewer");
  });

  it.each(["nonsense", "fcr_default_short", `fcr_default_${"x".repeat(43)}`, `fcr_other_${"x".repeat(43)}`])("do not go on with %s", async (token) => {
    expect((await refresh(token)).status).toBe(401);
  });

  it("do not accept access tokens that were changed, or signed by somebody else, or with no algorithm", async () => {
    const { body } = await login("viewer@local");
    const [header, , signature] = String(body["accessToken"]).split(".");
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(String(body["accessToken"])), role: "admin" })).toString("base64url");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    for (const token of [`${header ?? ""}.${forged}.${signature ?? ""}`, `${none}.${forged}.`, "x"]) {
      const answer = await app.send("GET", "/api/items", { token });
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  });
});
