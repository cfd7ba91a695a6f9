import { asSuperuser } from "../app/embedded/provision.ts";
import { eventually } from "../app/src/test-support/eventually.ts";
import { authorization, BenchServers, percentile, runForecast } from "./bench-service.ts";
import { spread, table } from "./report.ts";

// The documented queries over GraphQL, one after the other and without a cache,
// on a million days of demand: 1,000 items with 1,000 days each.

const DATABASE = "forecast";
const CALLS = 100;
const REPEATS = 3;
const SKU = "SKU-0500";

const demand = `
  INSERT INTO items (tenant_id, sku, name) SELECT 'default', 'SKU-' || lpad(n::text, 4, '0'), 'Item ' || n FROM generate_series(1, 1000) AS n;
  INSERT INTO inventory (tenant_id, facility_id, material_id, quantity_on_hand) SELECT tenant_id, 'main', material_id, 1 FROM items;
  INSERT INTO demand_history (tenant_id, facility_id, material_id, demand_date, quantity)
    SELECT tenant_id, 'main', material_id, DATE '2021-10-06' + day, 1 + (day * 7 + day / 5) % 11 FROM items CROSS JOIN generate_series(0, 969) AS day`;
/** What came after the run, so that its forecasts can be compared. */
const later = `
  INSERT INTO demand_history (tenant_id, facility_id, material_id, demand_date, quantity)
    SELECT tenant_id, 'main', material_id, DATE '2021-10-06' + day, 1 + (day * 7 + day / 5) % 11 FROM items CROSS JOIN generate_series(970, 999) AS day;
  ANALYZE`;

/** Each query as 002 measures it, and its ceiling there, in milliseconds. */
const queries: readonly (readonly [name: string, ceilingMs: number, query: string])[] = [
  ["getDemandHistory, 90 days", 100, `{ getDemandHistory(sku: "${SKU}", from: "2024-01-01", to: "2024-03-30", limit: 90) { nextCursor demand { date quantity } } }`],
  ["getMaterialForecasts, 90 days", 100, `{ getMaterialForecasts(sku: "${SKU}") { forecasts { dates point model accuracy { mape } } } }`],
  ["calculateSafetyStock", 50, `{ calculateSafetyStock(sku: "${SKU}") { safetyStock reorderPoint } }`],
  ["calculateForecastAccuracy, 30 days", 150, `{ calculateForecastAccuracy(sku: "${SKU}") { periods mape wape mase bias trackingSignal } }`],
  ["getForecastAccuracySummary, the newest 30 days", 150, "{ getForecastAccuracySummary { overall { items mape wape bias } byModel { group mape } } }"],
  ["getForecastAccuracySummary, 30 days that were measured", 150, '{ getForecastAccuracySummary(from: "2024-06-02", to: "2024-07-01") { overall { items mape wape bias } byModel { group mape } } }'],
  ["getForecastAccuracySummary, 30 days that were not", 150, '{ getForecastAccuracySummary(from: "2024-06-01", to: "2024-06-30") { overall { items mape wape bias } byModel { group mape } } }'],
  ["getForecastModels", 100, `{ getForecastModels(sku: "${SKU}") { models { regularModel hybridModel } } }`],
  ["getReplenishmentRecommendations, 10", 100, "{ getReplenishmentRecommendations(limit: 10) { suggestions { sku urgency quantity } } }"],
];

const servers = await BenchServers.start();
try {
  await servers.createDatabase(DATABASE);
  const run = (sql: string) => asSuperuser(servers.postgres.superuser, DATABASE, (client) => client.query(`SET session_replication_role = replica; ${sql}`));
  process.stderr.write("… a million days of demand, and a run\n");
  await run(demand);
  await servers.withService(DATABASE, "api+worker", { FORECAST_BATCH_SIZE: "200" }, async ({ origin }) => {
    await runForecast(origin, 300_000);
    await ask(origin, "mutation { generateReplenishmentRecommendations { pending } }");
    await run(later);
    await measureAccuracy(origin);
  });
  const rows = await servers.withService(DATABASE, "api", { QUERY_CACHE_TTL: "0", FORECAST_CACHE_TTL: "0", CACHE_TTL_ITEMS: "0", CACHE_TTL_SUMMARY: "0" }, async ({ origin }) => {
    const measured: string[][] = [];
    for (const [name, ceilingMs, query] of queries) {
      process.stderr.write(`… ${name}\n`);
      await time(origin, query);
      const samples: number[] = [];
      for (let repeat = 0; repeat < REPEATS; repeat += 1) samples.push(percentile(await time(origin, query), 0.95));
      measured.push([name, spread(samples, "ms"), `${ceilingMs} ms`]);
    }
    return measured;
  });
  table([`${CALLS} calls one after the other`, "p95", "ceiling of the documents"], rows);
} finally {
  await servers.stop();
}
process.exit(0);

/** Lets maintenance measure the newest 30 days, as it does after each run. */
async function measureAccuracy(origin: string): Promise<void> {
  const { status } = await fetch(`${origin}/jobs/maintenance`, { method: "POST", headers: authorization });
  if (status !== 202) throw new Error(`maintenance was answered with ${status}`);
  await eventually(async () => {
    const { measured } = (await (await fetch(`${origin}/api/forecast/accuracy/history?sku=${SKU}`, { headers: authorization })).json()) as { measured: readonly object[] };
    if (measured.length === 0) throw new Error("maintenance has not measured the accuracy");
  }, 120_000);
}

/** Milliseconds of each call, from sending it to the end of its answer. */
async function time(origin: string, query: string): Promise<number[]> {
  const elapsed: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const started = performance.now();
    await ask(origin, query);
    elapsed.push(performance.now() - started);
  }
  return elapsed;
}

async function ask(origin: string, query: string): Promise<void> {
  const response = await fetch(`${origin}/graphql`, { method: "POST", headers: { ...authorization, "content-type": "application/json" }, body: JSON.stringify({ query }) });
  const answer = (await response.json()) as { errors?: readonly { message: string }[] };
  if (answer.errors !== undefined) throw new Error(`${query} was answered with ${JSON.stringify(answer.errors)}`);
}
