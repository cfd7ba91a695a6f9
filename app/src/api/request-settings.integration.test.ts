import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

const password = "a password of twelve";

/** A service of its own database, and the session of its first administrator. */
interface Signed {
  readonly app: TestService;
  readonly session: Readonly<Record<string, unknown>>;
}

describe("a setting of requests", () => {
  let server: TestServer;
  let usual: Signed;
  let changed: Signed;

  const start = async (email: string, environment: Record<string, string>): Promise<Signed> => {
    const app = await startTestService(server, await server.createDatabase(), "api", { FIRST_ADMIN_PASSWORD: password, ROLE_USERS_PASSWORD: password, ...environment });
    // The first users are made beside the start.
    const session = await eventually(async () => {
      const { status, body } = await app.send("POST", "/api/auth/login", { token: null, json: { email, password } });
      if (status !== 200) throw new Error(`the login was answered with ${status}`);
      return body;
    });
    return { app, session };
  };

  beforeAll(async () => {
    server = await startTestServer();
    usual = await start("first-admin@local", {});
    changed = await start("ann@example.com", {
      FIRST_ADMIN_EMAIL: "ann@example.com",
      JWT_EXPIRES_IN: "90s",
      REFRESH_EXPIRES_IN: "2h",
      ENABLE_RESPONSE_COMPRESSION: "false",
      REQUEST_MAX_BYTES: "200",
      REQUEST_TIMEOUT_SECONDS: "1",
      METRICS_UNWATCHED_SECONDS: "1",
      MEMORY_WARNING_THRESHOLD_PERCENT: "1",
      RATE_LIMIT_MAX_STAFF: "2",
    });
  }, 90_000);
  afterAll(async () => {
    await usual.app.stop();
    await changed.app.stop();
    await server.remove();
  });

  const both = async <Result>(see: (service: Signed) => Promise<Result>) => [await see(usual), await see(changed)];

  it("JWT_EXPIRES_IN and REFRESH_EXPIRES_IN are how long tokens are valid", async () => {
    expect([usual, changed].map(({ session }) => session["expiresIn"])).toEqual([12 * 3_600, 90]);
    const hours = await both(async ({ app }) => (await server.query(app.database, "SELECT round(extract(epoch FROM max(expires_at - issued_at)) / 3600)::int AS hours FROM refresh_tokens"))[0]?.["hours"]);
    expect(hours).toEqual([30 * 24, 2]);
  });

  it("FIRST_ADMIN_EMAIL is the address of the first administrator", async () => {
    const administrators = await both(async ({ app }) => (await server.query(app.database, "SELECT email FROM users WHERE role = 'admin' ORDER BY email")).map(({ email }) => email));
    expect(administrators).toEqual([["admin@local", "first-admin@local"], ["admin@local", "ann@example.com"]]);
  });

  it("ENABLE_RESPONSE_COMPRESSION compresses answers, from COMPRESSION_THRESHOLD_BYTES on", async () => {
    const encodings = await both(async ({ app }) => (await app.send("GET", "/api/openapi.json", { headers: { "accept-encoding": "gzip" } })).headers.get("content-encoding"));
    expect(encodings).toEqual(["gzip", null]);
    const small = await startTestService(server, usual.app.database, "api", { COMPRESSION_THRESHOLD_BYTES: "10" });
    const encodingOf = async (app: TestService) => (await app.get("/api/items")).headers.get("content-encoding");
    expect([await encodingOf(usual.app), await encodingOf(small)]).toEqual([null, "gzip"]);
    await small.stop();
  });

  it("REQUEST_MAX_BYTES is how large a body may be", async () => {
    const statuses = await both(async ({ app }) => (await app.send("POST", "/api/items", { json: { sku: "A", name: "x".repeat(150), unit: "y".repeat(20), category: "z".repeat(20) } })).status);
    expect(statuses).toEqual([201, 413]);
  });

  it("REQUEST_TIMEOUT_SECONDS is how long a request may take to arrive", async () => {
    const { status, head, problem } = await sendRaw(changed.app, `POST /api/items/import HTTP/1.1\r\nHost: test\r\nX-Request-Id: slow\r\nAuthorization: Bearer ${SERVICE_TOKEN}\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\nsku,name\n`);
    expect(status).toBe("HTTP/1.1 408 Request Timeout");
    expect(head).toContain("application/problem+json");
    expect(problem).toMatchObject({ status: 408, detail: expect.stringContaining("did not arrive within 1 s. Nothing of it was stored"), requestId: "slow" });
  }, 30_000);

  it.each([
    ["is none", "garbage\r\n\r\n", 400],
    ["has a head that is too large", `GET /api/items HTTP/1.1\r\nHost: test\r\nX-Large: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ])("a request that %s is told so", async (_what, request, status) => {
    expect((await sendRaw(usual.app, request)).problem).toMatchObject({ status, detail: expect.any(String) });
  });

  it("RATE_LIMIT_MAX_STAFF is how often staff may ask, beside what everybody may", async () => {
    const statuses = async ({ app }: Signed) => {
      const { body } = await app.send("POST", "/api/auth/login", { token: null, json: { email: "staff@local", password } });
      const answers = [];
      for (let request = 0; request < 3; request += 1) answers.push((await app.send("GET", "/api/items", { token: String(body["accessToken"]) })).status);
      return answers;
    };
    expect(await both(statuses)).toEqual([[200, 200, 200], [200, 200, 429]]);
  });

  it("RATE_LIMIT_MAX_SERVICE is how often a machine may ask", async () => {
    const limited = await startTestService(server, usual.app.database, "api", { RATE_LIMIT_MAX_SERVICE: "2" });
    // How often the start of this test has asked counts, too.
    await eventually(async () => expect((await limited.get("/api/items")).status).toBe(429));
    expect((await usual.app.get("/api/items")).status).toBe(200);
    await limited.stop();
  });

  it("MEMORY_WARNING_THRESHOLD_PERCENT is from how much memory on the service says so", async () => {
    const reasons = await both(async ({ app }) => JSON.stringify((await app.get("/api/health")).body["reasons"] ?? []).includes("above 1 %"));
    expect(reasons).toEqual([false, true]);
  });

  it("METRICS_UNWATCHED_SECONDS is after how long it is told that nobody reads the metrics", async () => {
    await eventually(async () => {
      const { body } = await changed.app.get("/api/health");
      if (!JSON.stringify(body["reasons"] ?? []).includes("read the metrics")) throw new Error(JSON.stringify(body));
    });
    expect(JSON.stringify((await usual.app.get("/api/health")).body["reasons"] ?? [])).not.toContain("read the metrics");
  });
});

/** Sends bytes as they are, and reads until the server ends the connection. */
async function sendRaw(app: TestService, request: string): Promise<{ status: string; head: string; problem: unknown }> {
  const socket = connect(app.service.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(request);
  const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
  return { status: head.split("\r\n")[0] ?? "", head, problem: JSON.parse(body) };
}
