import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../test-support/eventually.ts";
import { startTestRedis, type TestRedis } from "../test-support/test-redis.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { SERVICE_TOKEN, startTestService, type TestService } from "../test-support/test-service.ts";

const PASSWORD = "a password of the role users";

describe("what protects the API", () => {
  let server: TestServer;
  let redis: TestRedis;
  let database: string;
  let first: TestService;
  let second: TestService;
  const environment = () => ({ REDIS_URL: redis.url, RATE_LIMIT_MAX: "30", RATE_LIMIT_MAX_ADMIN: "40", RATE_LIMIT_WINDOW_MIN: "60", TRUST_PROXY: "1", CORS_ALLOWLIST: "https://app.example.com", ROLE_USERS_PASSWORD: PASSWORD });
  /** A request as a proxy passes it on from an address. */
  const from = (address: string, app: TestService, path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${app.service.port}${path}`, { ...init, headers: { "x-forwarded-for": address, ...(init.headers as Record<string, string> | undefined) } });
  const login = (address: string, email: string, password: string) => from(address, first, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password }) });

  beforeAll(async () => {
    [server, redis] = await Promise.all([startTestServer(), startTestRedis()]);
    database = await server.createDatabase();
    [first, second] = [await startTestService(server, database, "api", environment()), await startTestService(server, database, "api", environment())];
    await eventually(async () => expect((await login("192.0.2.1", "admin@local", PASSWORD)).status).toBe(200));
  }, 90_000);
  afterAll(async () => {
    await Promise.all([first.stop(), second.stop()]);
    await Promise.all([server.remove(), redis.stop()]);
  });

  it("lets an address ask so often, whichever process answers, and says how often and when again", async () => {
    const statuses: number[] = [];
    for (let request = 0; request < 30; request += 1) statuses.push((await from("192.0.2.10", request % 2 === 0 ? first : second, "/api/items")).status);
    expect(new Set(statuses)).toEqual(new Set([401]));
    const refused = await from("192.0.2.10", first, "/api/items");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3_000);
    expect(refused.headers.get("ratelimit")).toMatch(/r=0; t=\d+/);
    expect(refused.headers.get("ratelimit-policy")).toMatch(/q=30; w=3600/);
    expect(await refused.json()).toMatchObject({ status: 429, title: "Too many requests", requestId: refused.headers.get("x-request-id") });
    expect((await from("192.0.2.10", second, "/graphql", { method: "POST" })).status).toBe(429);
    expect((await from("192.0.2.11", second, "/api/items")).status).toBe(401);
    expect((await from("192.0.2.10", second, "/api/health")).status).toBe(200);
    expect((await from("192.0.2.10", second, "/health/live")).status).toBe(200);
  });

  it("counts a role with a limit of its own apart, and machines not at all", async () => {
    const { accessToken } = (await (await login("192.0.2.20", "admin@local", PASSWORD)).json()) as { accessToken: string };
    const admin = () => from("192.0.2.20", first, "/api/items", { headers: { authorization: `Bearer ${accessToken}` } });
    for (let request = 0; request < 40; request += 1) expect((await admin()).status).toBe(200);
    expect((await admin()).status).toBe(429);
    for (let request = 0; request < 50; request += 1) expect((await from("192.0.2.20", first, "/api/items", { headers: { authorization: `Bearer ${SERVICE_TOKEN}` } })).status).toBe(200);
  }, 30_000);

  it("stops guessing at one account after ten tries, also with the right password, also where there is no account", async () => {
    for (const email of ["viewer@local", "nobody@example.com"]) {
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 10; attempt += 1) statuses.push((await login(`198.51.100.${attempt}`, email, "wrong password")).status);
      expect(new Set(statuses)).toEqual(new Set([401]));
      const refused = await login("198.51.100.99", email, PASSWORD);
      expect([refused.status, Number(refused.headers.get("retry-after")) > 60]).toEqual([429, true]);
    }
  }, 60_000);

  it("stops guessing from one address at many accounts", async () => {
    const many = await startTestService(server, database, "api", { ...environment(), RATE_LIMIT_MAX: "0" });
    try {
      const guess = (index: number) => from("203.0.113.7", many, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email: `user-${index}@example.com`, password: "wrong password" }) });
      // A few at a time: each takes a processor for a while, and many would wait too long for a connection meanwhile.
      for (let start = 0; start < 100; start += 4) for (const { status } of await Promise.all(Array.from({ length: 4 }, (_, index) => guess(start + index)))) expect(status).toBe(401);
      // A window that ended meanwhile gave an address a hundred tries more.
      let status = 401;
      for (let further = 0; status !== 429 && further <= 100; further += 1) ({ status } = await guess(100 + further));
      expect(status).toBe(429);
    } finally {
      await many.stop();
    }
  }, 120_000);

  it("lets pages of allowed origins call, and of no other", async () => {
    const preflight = (origin: string) => from("192.0.2.30", first, "/api/items", { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" } });
    const allowed = await preflight("https://app.example.com");
    expect([allowed.status, allowed.headers.get("access-control-allow-origin"), allowed.headers.get("access-control-allow-credentials")]).toEqual([204, "https://app.example.com", "true"]);
    expect((await preflight("https://evil.example.com")).headers.get("access-control-allow-origin")).toBeNull();
  });

  it("tells browsers to load, frame and guess nothing", async () => {
    const { headers } = await from("192.0.2.31", first, "/api/items");
    expect(headers.get("content-security-policy")).toBe("default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toMatch(/max-age=\d{7,}/);
    expect([headers.get("x-powered-by"), headers.get("etag")]).toEqual([null, null]);
  });

  it("reads no body that is too large, or no JSON, and says so with the id of the request", async () => {
    const post = (body: string) => from("192.0.2.32", first, "/api/items", { method: "POST", headers: { authorization: `Bearer ${SERVICE_TOKEN}`, "content-type": "application/json" }, body });
    const large = await post(JSON.stringify({ sku: "A", name: "x".repeat(110_000) }));
    expect([large.status, large.headers.get("content-type")]).toEqual([413, "application/problem+json; charset=utf-8"]);
    const broken = await post('{"sku": ');
    expect(broken.status).toBe(400);
    expect(((await broken.json()) as { requestId: string }).requestId).toBe(broken.headers.get("x-request-id"));
  });

  it("keeps the id that a proxy gave to a request, unless it is none", async () => {
    const idOf = async (sent: string) => (await from("192.0.2.33", first, "/health/live", { headers: { "x-request-id": sent } })).headers.get("x-request-id");
    expect(await idOf("0f8fad5b-d9cb-469f-a165-70867728950e")).toBe("0f8fad5b-d9cb-469f-a165-70867728950e");
    expect(await idOf("<script>")).not.toBe("<script>");
  });

  it("compresses what is worth it", async () => {
    const encodingOf = async (path: string) => (await from("192.0.2.34", first, path, { headers: { "accept-encoding": "gzip" } })).headers.get("content-encoding");
    expect(await encodingOf("/api/openapi.json")).toBe("gzip");
    expect(await encodingOf("/health/live")).toBeNull();
  });
});
