import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { startTestService, type TestService } from "../test-support/test-service.ts";

const KEEPALIVE = { ML_SERVICE_KEEPALIVE_INTERVAL_MS: "300" };

describe("the workers that compute forecasts", () => {
  let server: TestServer;
  let api: TestService;
  beforeAll(async () => {
    server = await startTestServer();
    api = await startTestService(server, await server.createDatabase(), "api", KEEPALIVE);
  }, 60_000);
  afterAll(async () => {
    await api.stop();
    await server.remove();
  });
  const alive = async () => ((await api.get("/api/ml/status")).body["workers"] as { worker: string; alive: boolean }[]).filter((worker) => worker.alive).map(({ worker }) => worker);

  it("are missing, which is an error, until one answers; and one that stops in order is gone at once", async () => {
    expect(await api.get("/api/ml/status")).toMatchObject({ status: 503, body: { status: "unhealthy", workers: [] } });
    const worker = await startTestService(server, api.database, "worker", { ...KEEPALIVE, POD_NAME: "first" });
    await eventually(async () => expect(await api.get("/api/ml/status")).toMatchObject({ status: 200, body: { status: "healthy", workers: [{ worker: "first", threads: 2, alive: true }], batches: { waiting: 0, active: 0 } } }));
    await worker.stop();
    expect(await api.get("/api/ml/status")).toMatchObject({ status: 503, body: { workers: [] } });
  }, 60_000);

  it("that say no more are shown as such, beside those that do", async () => {
    const worker = await startTestService(server, api.database, "worker", { ...KEEPALIVE, POD_NAME: "second" });
    await server.query(api.database, "INSERT INTO forecast_workers (worker, version, threads, answered_ms, seen_at) VALUES ('killed', 'x', 2, 1, now() - interval '5 minutes')");
    await eventually(async () => expect(await alive()).toEqual(["second"]));
    expect((await api.get("/api/ml/status")).body["workers"]).toMatchObject([{ worker: "second" }, { worker: "killed", alive: false }]);
    await worker.stop();
  }, 60_000);

  it("are not known where they do not tell", async () => {
    const quiet = await startTestService(server, api.database, "api", { ML_SERVICE_KEEPALIVE: "false" });
    expect(await quiet.get("/api/ml/status")).toMatchObject({ status: 200, body: { status: "unknown" } });
    await quiet.stop();
  }, 60_000);
});
