import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { eventually } from "../test-support/eventually.ts";
import type { ApiDocument } from "../test-support/every-operation.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestRedis, type TestRedis } from "../test-support/test-redis.ts";
import { spawnService, testEnvironment } from "../test-support/test-service.ts";

let server: TestServer;
/** Takes another password than the service has: what it says of that must not name the service's. */
let redis: TestRedis;
beforeAll(async () => {
  [server, redis] = await Promise.all([startTestServer(), startTestRedis("the-password-of-redis")]);
}, 60_000);
afterAll(() => Promise.all([server.remove(), redis.stop()]));

const secrets = {
  SVC_JWT: "secret-service-token",
  JWT_SECRET: "secret-that-signs-the-tokens-of-users",
  FIRST_ADMIN_PASSWORD: "secret-admin-password",
  ROLE_USERS_PASSWORD: "secret-role-password",
  ALERT_WEBHOOK: "http://127.0.0.1:1/secret-webhook",
  SMTP_URL: "smtp://user:secret-smtp-password@127.0.0.1:1",
};
/** What callers send where a secret belongs, and where none does. */
const sent = { password: "secret-of-a-caller", token: "secret-token-of-a-caller", refreshToken: "secret-refresh-of-a-caller" };
const bearers = ["secret-wrong-bearer", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJmb3JlY2FzdC1zZXJ2aWNlIn0.secret-signature"];

it("no operation of the API lets a secret into the log, not even at the level trace", async () => {
  const redisPassword = "secret-wrong-redis-password";
  const service = spawnService(["api+worker"], { ...testEnvironment(server, await server.createDatabase()), ...secrets, REDIS_URL: redis.url.replace("the-password-of-redis", redisPassword), LOG_LEVEL: "trace", REPORT_TO: "somebody@example.com" });
  const origin = await eventually(() => {
    const port = /"port":(\d+)/.exec(service.output())?.[1];
    return port === undefined ? Promise.reject(new Error(service.output())) : Promise.resolve(`http://127.0.0.1:${port}`);
  });
  const call = async (method: string, path: string, bearer: string | undefined, body: object) => {
    const headers = { "content-type": "application/json", ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) };
    const response = await fetch(`${origin}${path}`, { method: method.toUpperCase(), headers, body: method === "get" ? null : JSON.stringify(body), redirect: "manual" });
    return { status: response.status, text: await response.text() };
  };
  const users = { email: "admin@local", password: secrets.ROLE_USERS_PASSWORD };
  const session = await eventually(async () => {
    const { status, text } = await call("post", "/api/auth/login", undefined, users);
    if (status !== 200) throw new Error(`the login was answered with ${status}`);
    return JSON.parse(text) as { accessToken: string; refreshToken: string };
  });
  const made = JSON.parse((await call("post", "/api/auth/service-tokens", session.accessToken, { name: "made", role: "viewer" })).text) as { token: string };
  const document = JSON.parse((await call("get", "/api/openapi.json", undefined, {})).text) as ApiDocument;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => [method, path.replace(/\{\w+\}/g, "x")] as const));
  expect(operations.length).toBeGreaterThan(40);
  for (const [method, path] of operations) {
    for (const bearer of [undefined, ...bearers, secrets.SVC_JWT, session.accessToken, made.token]) await call(method, path, bearer, { email: users.email, ...sent });
  }
  await call("post", "/api/auth/refresh", undefined, { refreshToken: session.refreshToken });
  await call("post", "/api/auth/password-reset/request", undefined, { email: users.email });
  await call("post", "/graphql", secrets.SVC_JWT, { query: `{ getDemandHistory(sku: "${sent.token}") }`, variables: sent });

  service.process.kill("SIGTERM");
  expect(await service.exit).toBe(0);
  const log = service.output();
  expect(log.split("\n").length).toBeGreaterThan(operations.length);
  expect(log).toContain("WRONGPASS");
  const forbidden = [...Object.values(secrets), redisPassword, "secret-webhook", "secret-smtp-password", ...Object.values(sent), ...bearers, session.accessToken, session.refreshToken, made.token, testEnvironment(server, "x")["DB_PASSWORD"] ?? ""];
  expect(forbidden.filter((secret) => log.includes(secret))).toEqual([]);
}, 180_000);
