import { once } from "node:events";
import { delimiter } from "node:path";
import autocannon from "autocannon";
import { startEmbeddedPostgres } from "../app/embedded/embedded-postgres.ts";
import { provisionDatabase, roles } from "../app/embedded/provision.ts";
import { loadSample } from "../app/sample/load-sample.ts";
import { migrateUp } from "../app/src/migrate/migrate.ts";
import { eventually } from "../app/src/test-support/eventually.ts";
import { migrationsDirectory } from "../app/src/test-support/test-database.ts";
import { startTestRedis } from "../app/src/test-support/test-redis.ts";
import { SERVICE_TOKEN, spawnService } from "../app/src/test-support/test-service.ts";
import { ensurePackages } from "../local/packages/ensure-packages.ts";
import { paths } from "../local/paths.ts";
import { spread, table } from "./report.ts";

// GET /api/forecasts at a steady rate, as its users ask: from Redis, and with
// the cache off from Postgres. One api process, one client process, one machine.
// autocannon sends a second's requests at its start, back to back on each
// connection, so a few connections stand for as many callers at once.

const DATABASE = "forecast";
const RATE = 500;
const SECONDS = 10;
const REPEATS = 3;
const CONNECTIONS = 5;

interface Sample {
  readonly p95: number;
  readonly p99: number;
  readonly failures: number;
}

// Redis is among the programs that npm start unpacks.
const { bin } = await ensurePackages({ cacheDir: paths.cache, report: () => undefined });
process.env["PATH"] = `${process.env["PATH"] ?? ""}${delimiter}${bin}`;
const [postgres, redis] = await Promise.all([startEmbeddedPostgres(), startTestRedis()]);
try {
  await provisionDatabase(postgres.superuser, DATABASE);
  await migrateUp({ connection: { host: "127.0.0.1", port: postgres.port, ...roles.owner, database: DATABASE }, directory: migrationsDirectory, connectTimeoutMs: 0, onReport: () => undefined });
  await withService("api+worker", {}, prepare);
  const rows: string[][] = [];
  for (const [name, environment, path, rate] of [
    ["one item, cached", {}, "/api/forecasts?sku=SKU-0001", RATE],
    ["a page of 50, cached", {}, "/api/forecasts", RATE],
    ["one item, not cached", { FORECAST_CACHE_TTL: "0" }, "/api/forecasts?sku=SKU-0001", RATE],
  ] as const) {
    const samples = await withService("api", environment, async (origin) => {
      await measure(origin, path, rate, 5);
      const measured: Sample[] = [];
      for (let repeat = 0; repeat < REPEATS; repeat += 1) measured.push(await measure(origin, path, rate, SECONDS));
      return measured;
    });
    rows.push([name, `${rate}/s`, spread(samples.map(({ p95 }) => p95), "ms"), spread(samples.map(({ p99 }) => p99), "ms"), String(samples.reduce((sum, { failures }) => sum + failures, 0))]);
  }
  table(["GET /api/forecasts", "rate", "p95", "p99", "failures"], rows);
} finally {
  await redis.stop();
  await postgres.remove();
}
process.exit(0);

async function prepare(origin: string): Promise<void> {
  await loadSample(origin, SERVICE_TOKEN);
  const headers = { authorization: `Bearer ${SERVICE_TOKEN}` };
  const { runId } = (await (await fetch(`${origin}/api/forecast/trigger`, { method: "POST", headers })).json()) as { runId: string };
  await eventually(async () => {
    const { status } = (await (await fetch(`${origin}/api/forecast/runs/${runId}`, { headers })).json()) as { status: string };
    if (status !== "completed") throw new Error(`the run is ${status}`);
  }, 120_000);
}

/** Runs the service as a process of its own, without a rate limit for the token that asks. */
async function withService<Result>(role: string, environment: Record<string, string>, work: (origin: string) => Promise<Result>): Promise<Result> {
  const service = spawnService([role], {
    PORT: "0",
    LOG_LEVEL: "info",
    SHUTDOWN_DELAY_MS: "0",
    STREAMING_BATCH_DELAY_MS: "0",
    DB_HOST: "127.0.0.1",
    DB_PORT: String(postgres.port),
    DB_NAME: DATABASE,
    DB_USER: roles.app.user,
    DB_PASSWORD: roles.app.password,
    REDIS_URL: redis.url,
    SVC_JWT: SERVICE_TOKEN,
    JWT_SECRET: "a-secret-of-the-benchmark-and-of-nothing-else",
    RATE_LIMIT_MAX: "0",
    ...environment,
  });
  try {
    const origin = await eventually(() => {
      const port = /"port":(\d+)/.exec(service.output())?.[1];
      return port === undefined ? Promise.reject(new Error(`the service does not listen:\n${service.output()}`)) : Promise.resolve(`http://127.0.0.1:${port}`);
    });
    await eventually(async () => {
      if ((await fetch(`${origin}/health/ready`)).status !== 200) throw new Error("the service is not ready");
    });
    return await work(origin);
  } finally {
    service.process.kill("SIGTERM");
    await service.exit;
  }
}

/** One measurement: latencies in ms, and everything that is not a 2xx as a failure. autocannon has no p95; its p97.5 is stricter. */
async function measure(origin: string, path: string, rate: number, seconds: number): Promise<Sample> {
  const run = autocannon({ url: `${origin}${path}`, connections: CONNECTIONS, overallRate: rate, duration: seconds, headers: { authorization: `Bearer ${SERVICE_TOKEN}`, "accept-encoding": "gzip" } }, () => undefined);
  const [result] = (await once(run, "done")) as [autocannon.Result];
  const missing = Math.max(0, Math.floor(rate * seconds * 0.99) - result["2xx"]);
  return { p95: result.latency.p97_5, p99: result.latency.p99, failures: result.non2xx + result.errors + missing };
}
