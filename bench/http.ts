import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import autocannon from "autocannon";
import { loadSample } from "../app/sample/load-sample.ts";
import { SERVICE_TOKEN } from "../app/src/test-support/test-service.ts";
import { authorization, BenchServers, percentile, runForecast } from "./bench-service.ts";
import { spread, table } from "./report.ts";

// GET /api/forecasts at a steady rate, as its users ask: from Redis, and with
// the cache off from Postgres. One api process, one client process, one machine.
// autocannon sends a second's requests at its start, back to back on each
// connection; a caller with a connection of its own begins every 40 ms, which
// makes the rate a steady one. Whoever is answered late delays nobody else.

const DATABASE = "forecast";
const RATE = 500;
const SECONDS = 10;
const REPEATS = 3;
const CALLERS = 25;
/** What a page costs without a cache is mostly its compression, of which a processor does a hundred or so a second. */
const UNCACHED_PAGES_RATE = 25;

interface Sample {
  readonly p95: number;
  readonly p99: number;
  readonly failures: number;
}

const servers = await BenchServers.start();
try {
  await servers.createDatabase(DATABASE);
  await servers.withService(DATABASE, "api+worker", {}, async ({ origin }) => {
    await loadSample(origin, SERVICE_TOKEN);
    await runForecast(origin, 120_000);
  });
  const rows: string[][] = [];
  for (const [name, environment, path, rate] of [
    ["one item, cached", {}, "/api/forecasts?sku=SKU-0001", RATE],
    ["a page of 50, cached", {}, "/api/forecasts", RATE],
    ["one item, not cached", { FORECAST_CACHE_TTL: "0" }, "/api/forecasts?sku=SKU-0001", RATE],
    ["a page of 50, not cached", { FORECAST_CACHE_TTL: "0" }, "/api/forecasts", UNCACHED_PAGES_RATE],
  ] as const) {
    process.stderr.write(`… ${name}\n`);
    const samples = await servers.withService(DATABASE, "api", environment, async ({ origin }) => {
      await measure(origin, path, rate, 5);
      const measured: Sample[] = [];
      for (let repeat = 0; repeat < REPEATS; repeat += 1) measured.push(await measure(origin, path, rate, SECONDS));
      return measured;
    });
    rows.push([name, `${rate}/s`, spread(samples.map(({ p95 }) => p95), "ms"), spread(samples.map(({ p99 }) => p99), "ms"), String(samples.reduce((sum, { failures }) => sum + failures, 0))]);
  }
  table(["GET /api/forecasts", "rate", "p95", "p99", "failures"], rows);
} finally {
  await servers.stop();
}
process.exit(0);

/** One measurement: latencies in ms, and everything that is not a 2xx as a failure. */
async function measure(origin: string, path: string, rate: number, seconds: number): Promise<Sample> {
  const latencies: number[] = [];
  const results = await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      await pause((1_000 * caller) / CALLERS);
      const run = autocannon({ url: `${origin}${path}`, connections: 1, overallRate: rate / CALLERS, duration: seconds, headers: { ...authorization, "accept-encoding": "gzip" } }, () => undefined);
      run.on("response", (_client: unknown, _status: number, _bytes: number, latencyMs: number) => latencies.push(latencyMs));
      const [result] = (await once(run, "done")) as [autocannon.Result];
      return result;
    }),
  );
  const sum = (count: (result: autocannon.Result) => number) => results.reduce((total, result) => total + count(result), 0);
  const missing = Math.max(0, Math.floor(rate * seconds * 0.99) - sum((result) => result["2xx"]));
  return { p95: percentile(latencies, 0.95), p99: percentile(latencies, 0.99), failures: sum(({ non2xx, errors }) => non2xx + errors) + missing };
}
