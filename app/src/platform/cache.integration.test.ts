import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

describe("a service whose Redis is gone", () => {
  let server: TestServer;
  let app: TestService | undefined;
  let silent: Server | undefined;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterEach(async () => {
    await app?.stop();
    silent?.close();
  });
  afterAll(() => server.remove());

  const listen = async (onConnection: (socket: Socket) => void) => {
    silent = createServer(onConnection).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  const expectAnswers = async (service: TestService) => {
    expect((await service.post("/api/items/import", "sku,name\nA,Apple\n")).body).toMatchObject({ imported: 1 });
    expect(await service.get("/api/items")).toMatchObject({ status: 200, body: { items: [{ sku: "A" }] } });
    expect((await service.post("/api/items/import", "sku,name\nA,Apple\nB,Pear\n")).body).toMatchObject({ imported: 2 });
    expect(await service.get("/api/items")).toMatchObject({ status: 200, body: { items: [{ sku: "A" }, { sku: "B" }] } });
    expect(await service.get("/api/forecasts")).toMatchObject({ status: 200 });
    expect(await service.get("/api/health")).toMatchObject({ status: 200, body: { status: "degraded", reasons: ["Redis does not answer: each process uses a cache of its own."] } });
    expect((await service.get("/health/ready")).status).toBe(200);
    const metrics = await service.text("/metrics");
    expect(metrics).toMatch(/^cache_redis_up 0$/m);
    expect(metrics).toMatch(/^cache_redis_errors_total\{operation="get"\} [1-9]/m);
  };

  it("answers every request when nobody listens", async () => {
    const port = await listen(() => undefined);
    silent?.close();
    app = await startTestService(server, await server.createDatabase(), "api", { REDIS_URL: `redis://127.0.0.1:${port}` });
    await expectAnswers(app);
  });

  it("answers every request when connections are taken but never answered", async () => {
    const port = await listen((socket) => socket.resume());
    app = await startTestService(server, await server.createDatabase(), "api", { REDIS_URL: `redis://127.0.0.1:${port}` });
    await expectAnswers(app);
  });

  it("still uses the process's own cache", async () => {
    app = await startTestService(server, await server.createDatabase(), "api", { REDIS_URL: "redis://127.0.0.1:1" });
    await app.get("/api/items?limit=7");
    await app.get("/api/items?limit=7");
    expect(await app.text("/metrics")).toMatch(/^cache_hits_total\{cache="lists"\} 1$/m);
  });
});
