import { parseArgs } from "node:util";
import { loadSample } from "../app/sample/load-sample.ts";
import { asSuperuser } from "../app/embedded/provision.ts";
import { SERVICE_TOKEN } from "../app/src/test-support/test-service.ts";
import { BenchServers, peakMegabytes, runForecast } from "./bench-service.ts";
import { spread, table } from "./report.ts";

// Whole forecast runs, from Postgres through the threads of one worker to
// Postgres: with all models selected anew, as every Sunday, and with the
// selections of the run before, as every night. Batches of 200, as the goals
// have it, and of 20, as the service has it unless told; no pause. Each
// repetition has a worker of its own, whose peak memory is read at its end.
// --items N and --repeats N make less of it, to try it out.

const { values: given } = parseArgs({ allowPositionals: true, options: { items: { type: "string", default: "10000" }, repeats: { type: "string", default: "3" } } });
const LARGE = Number(given.items);
const SMALL = 127;
const REPEATS = Number(given.repeats);
const TIMEOUT_MS = 600_000;
const BATCH_SIZES = [200, 20];

interface Sample {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

const servers = await BenchServers.start();
try {
  const rows: string[][] = [];
  for (const items of [SMALL, LARGE]) {
    const database = `items_${items}`;
    process.stderr.write(`… importing ${items} items\n`);
    await servers.createDatabase(database);
    const imported = await servers.withService(database, "api", {}, ({ origin }) => loadSample(origin, SERVICE_TOKEN, items));
    const query = (sql: string) => asSuperuser(servers.postgres.superuser, database, (client) => client.query(sql));
    await query("ANALYZE");
    for (const batchSize of BATCH_SIZES) {
      for (const [name, prepare] of [["selected anew", "DELETE FROM forecast_models"], ["selected before", ""]] as const) {
        const samples: Sample[] = [];
        for (let repeat = 0; repeat < REPEATS; repeat += 1) {
          process.stderr.write(`… ${items} items, batches of ${batchSize}, ${name}, ${repeat + 1} of ${REPEATS}\n`);
          if (prepare !== "") await query(prepare);
          samples.push(await measure(database, batchSize));
        }
        rows.push([`${items} items, ${imported.demand} days of demand, ${name}`, String(batchSize), spread(samples.map(({ seconds }) => seconds), "s"), spread(samples.map(({ peakMegabytes }) => peakMegabytes), "MB")]);
      }
    }
  }
  table(["a forecast run", "items a batch", "from start to end", "peak memory of the worker"], rows);
} finally {
  await servers.stop();
}
process.exit(0);

/** A run by a worker that does nothing else; the API that triggers it is another process. */
async function measure(database: string, batchSize: number): Promise<Sample> {
  const environment = { FORECAST_BATCH_SIZE: String(batchSize), FORECAST_CACHE_PRELOAD: "false" };
  return servers.withService(database, "api", environment, ({ origin }) =>
    servers.withService(database, "worker", environment, async ({ pid }) => {
      const seconds = await runForecast(origin, TIMEOUT_MS);
      return { seconds, peakMegabytes: peakMegabytes(pid) };
    }),
  );
}
