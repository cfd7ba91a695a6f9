import { loadSample } from "../app/sample/load-sample.ts";
import { seededRandom } from "../app/sample/random.ts";
import { SERVICE_TOKEN } from "../app/src/test-support/test-service.ts";
import { authorization, BenchServers, runForecast } from "./bench-service.ts";
import { table } from "./report.ts";

// How many reads the cache answers on a trace that anybody can repeat: 200
// queries of forecasts, asked for by Zipf's law (the k-th most frequent 1/k
// times as often as the first), in days of 40,000 requests. Each day begins with
// the nightly run, which makes every answer out of date and fills the cache with
// the 50 most frequent queries of before. Answers live for a day, so that how
// requests are spread over its hours changes nothing.

const DATABASE = "forecast";
const SEED = 20_240_702;
const QUERIES = 200;
const REQUESTS = 40_000;
const DAYS = 3;
const CALLERS = 8;
/** Of all ranks. */
const WEIGHTS = Array.from({ length: QUERIES }, (_, index) => 1 / (index + 1)).reduce((sum, weight) => sum + weight, 0);

const servers = await BenchServers.start();
try {
  await servers.createDatabase(DATABASE);
  await servers.withService(DATABASE, "api+worker", {}, async ({ origin }) => {
    await loadSample(origin, SERVICE_TOKEN, QUERIES);
    const random = seededRandom(SEED);
    const rows: string[][] = [];
    const row = (day: string, { hits, misses }: { hits: number; misses: number }, preload: string) => [day, String(hits + misses), String(misses), `${((100 * hits) / (hits + misses)).toFixed(2)} %`, preload];
    const all = { hits: 0, misses: 0 };
    for (let day = 1; day <= DAYS; day += 1) {
      process.stderr.write(`… day ${day} of ${DAYS}\n`);
      await runForecast(origin, 300_000);
      const [before, preload] = [await reads(origin), await preloadSeconds(origin)];
      await play(origin, Array.from({ length: REQUESTS }, () => zipf(random.next())));
      const after = await reads(origin);
      const ofDay = { hits: after.hits - before.hits, misses: after.misses - before.misses };
      rows.push(row(String(day), ofDay, preload));
      all.hits += ofDay.hits;
      all.misses += ofDay.misses;
    }
    rows.push(row("all", all, ""));
    table(["day", "reads", "misses", "hit rate", "preload after the run"], rows);
  });
} finally {
  await servers.stop();
}
process.exit(0);

/** The rank of a query, from 1 to QUERIES, for a number from 0 to 1. */
function zipf(share: number): number {
  let left = share * WEIGHTS;
  for (let rank = 1; rank < QUERIES; rank += 1) {
    left -= 1 / rank;
    if (left < 0) return rank;
  }
  return QUERIES;
}

async function play(origin: string, ranks: readonly number[]): Promise<void> {
  let next = 0;
  const call = async () => {
    for (let rank = ranks[next++]; rank !== undefined; rank = ranks[next++]) {
      const response = await fetch(`${origin}/api/forecasts?sku=SKU-${String(rank).padStart(4, "0")}`, { headers: authorization });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`a request was answered with ${response.status}`);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
}

async function reads(origin: string): Promise<{ hits: number; misses: number }> {
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name}\\{cache="forecasts"\\} (\\d+)$`, "m").exec(metrics)?.[1] ?? 0);
  return { hits: value("cache_hits_total"), misses: value("cache_misses_total") };
}

/** The mean over the preloads after runs so far. */
async function preloadSeconds(origin: string): Promise<string> {
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  const value = (part: string) => Number(new RegExp(`^cache_preload_duration_seconds_${part}\\{reason="run"\\} (\\S+)$`, "m").exec(metrics)?.[1] ?? 0);
  return value("count") === 0 ? "not yet" : `${(value("sum") / value("count")).toFixed(2)} s`;
}
