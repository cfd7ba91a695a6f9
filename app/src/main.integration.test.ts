import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OLDEST_SCHEMA } from "@forecast-stack/migrations/accepted-schema.ts";
import { readMigrations } from "./migrate/migration-files.ts";
import { eventually } from "./test-support/eventually.ts";
import { migrationsDirectory, startTestServer, type TestServer } from "./test-support/test-database.ts";
import { SERVICE_TOKEN, spawnService, testEnvironment } from "./test-support/test-service.ts";

describe("the service as a process", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.remove());

  const portOf = (output: string) => /"port":(\d+)/.exec(output)?.[1];
  const untilListening = async (output: () => string) => {
    await eventually(() => (portOf(output()) === undefined ? Promise.reject(new Error(`it does not listen:\n${output()}`)) : Promise.resolve()));
    return `http://127.0.0.1:${portOf(output()) ?? ""}`;
  };

  it("ends with 78 and one sentence when a variable is wrong", async () => {
    const { exit, output } = spawnService(["api"], { FORECAST_BATCH_SIZE: "many", SVC_JWT: "0123456789abcdef" });
    expect(await exit).toBe(78);
    expect(output()).toBe('FORECAST_BATCH_SIZE is "many": it must be a whole number from 1 to 1000.\n');
  });

  it("ends with 78 when the API has no service token", async () => {
    const { exit, output } = spawnService(["api"], {});
    expect(await exit).toBe(78);
    expect(output()).toMatch(/^SVC_JWT is not set/);
  });

  it("ends with 78 and one sentence when its port is taken", async () => {
    const other = createServer().listen(0);
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const { exit, output } = spawnService(["worker"], { PORT: port, LOG_LEVEL: "fatal" });
    expect(await exit).toBe(78);
    expect(output()).toBe(`PORT is ${port}: something else listens there already.\n`);
    other.close();
  });

  it("ends with 64 and its usage for a role that it does not have", async () => {
    const { exit, output } = spawnService(["sing"], {});
    expect(await exit).toBe(64);
    expect(output()).toContain("usage: main.js api | worker");
  });

  it("migrates with one line per migration, and then has nothing to say", async () => {
    const owner = server.connection("owner", await server.createEmptyDatabase());
    const environment = { DB_HOST: owner.host, DB_PORT: String(owner.port), DB_NAME: owner.database, DB_USER: owner.user, DB_PASSWORD: owner.password };
    const first = spawnService(["migrate", "up"], environment);
    expect(await first.exit).toBe(0);
    const lines = first.output().trim().split("\n").map((line) => JSON.parse(line) as { version: string; action: string });
    expect(lines.map(({ action, version }) => `${action} ${version}`)).toEqual((await readMigrations(migrationsDirectory)).map(({ version }) => `applied ${version}`));
    const second = spawnService(["migrate", "up"], environment);
    expect([await second.exit, second.output()]).toEqual([0, ""]);
  });

  it("makes lost indexes again when it migrates, unless DB_AUTO_CREATE_INDEXES or DB_INDEX_FORECASTS_COMPOSITE says not to", async () => {
    const database = await server.createDatabase();
    const owner = server.connection("owner", database);
    await server.query(database, "DROP INDEX idx_inventory_material; DROP INDEX idx_forecasts_run_sku");
    const made = async (settings: Record<string, string>) => {
      const { exit, output } = spawnService(["migrate", "up"], { DB_HOST: owner.host, DB_PORT: String(owner.port), DB_NAME: owner.database, DB_USER: owner.user, DB_PASSWORD: owner.password, ...settings });
      expect(await exit).toBe(0);
      return [...output().matchAll(/"index":"(\w+)"/g)].map(([, index]) => index);
    };
    expect(await made({ DB_AUTO_CREATE_INDEXES: "false" })).toEqual([]);
    expect(await made({ DB_INDEX_FORECASTS_COMPOSITE: "false" })).toEqual(["idx_inventory_material"]);
    expect(await made({})).toEqual(["idx_forecasts_run_sku"]);
  });

  it("is alive but not ready before the schema is there, and ready by itself afterwards", async () => {
    const database = await server.createEmptyDatabase();
    const service = spawnService(["api"], { ...testEnvironment(server, database), LOG_LEVEL: "info" });
    const origin = await untilListening(service.output);
    expect((await fetch(`${origin}/health/live`)).status).toBe(200);
    const notReady = await fetch(`${origin}/health/ready`);
    expect([notReady.status, await notReady.json()]).toEqual([503, { status: "not ready", reasons: [`The database's schema is not there; this release needs ${OLDEST_SCHEMA} or newer.`] }]);
    const owner = server.connection("owner", database);
    const migration = spawnService(["migrate", "up"], { DB_HOST: owner.host, DB_PORT: String(owner.port), DB_NAME: database, DB_USER: owner.user, DB_PASSWORD: owner.password });
    expect(await migration.exit).toBe(0);
    await eventually(async () => {
      const health = (await (await fetch(`${origin}/api/health`)).json()) as { status: string };
      if (health.status !== "healthy") throw new Error(JSON.stringify(health));
    });
    expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
    service.process.kill("SIGINT");
    expect(await service.exit).toBe(0);
  }, 30_000);

  it("goes on serving after SIGTERM while it says that it is not ready, and then ends well", async () => {
    const service = spawnService(["api"], { ...testEnvironment(server, await server.createDatabase()), LOG_LEVEL: "info", SHUTDOWN_DELAY_MS: "4000" });
    const origin = await untilListening(service.output);
    const readiness = (wanted: number) =>
      eventually(async () => {
        const { status } = await fetch(`${origin}/health/ready`);
        if (status !== wanted) throw new Error(`/health/ready answers ${status}`);
      });
    // A process that serves has also begun to heed signals.
    await readiness(200);
    service.process.kill("SIGTERM");
    await readiness(503);
    expect((await fetch(`${origin}/api/items`, { headers: { authorization: `Bearer ${SERVICE_TOKEN}` } })).status).toBe(200);
    expect(await service.exit).toBe(0);
    expect(service.output()).toContain('"msg":"stopped"');
  }, 30_000);

  it("writes no secret into its log", async () => {
    const environment: Record<string, string> = { ...testEnvironment(server, "no_such_database"), LOG_LEVEL: "trace", REDIS_URL: "redis://:redis-secret@127.0.0.1:1" };
    const service = spawnService(["api+worker"], environment);
    const origin = await untilListening(service.output);
    await fetch(`${origin}/api/forecast/trigger`, { method: "POST", headers: { authorization: `Bearer ${environment["SVC_JWT"] ?? ""}` } });
    await fetch(`${origin}/api/items`);
    await eventually(() => (service.output().includes("Redis does not answer") ? Promise.resolve() : Promise.reject(new Error(service.output()))));
    service.process.kill("SIGINT");
    expect(await service.exit).toBe(0);
    for (const secret of [environment["SVC_JWT"], environment["DB_PASSWORD"], "redis-secret"]) expect(service.output()).not.toContain(secret);
  }, 30_000);
});
