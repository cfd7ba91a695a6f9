import { once } from "node:events";
import { Readable } from "node:stream";
import { authorization, BenchServers, peakMegabytes } from "./bench-service.ts";
import { spread, table } from "./report.ts";

// Demand in and out as CSV: memory of the process must not grow with the file.

const ITEMS = 1_000;
const REPEATS = 3;

/** Seconds and peak memory, in MB, of one way in and out. */
interface Measured {
  readonly imported: number;
  readonly importSeconds: number;
  readonly importMegabytes: number;
  readonly exported: number;
  readonly exportSeconds: number;
  readonly exportMegabytes: number;
}

const servers = await BenchServers.start();
try {
  const rows: string[][] = [];
  for (const days of [10, 100, 1_000]) {
    const measured: Measured[] = [];
    for (let repeat = 1; repeat <= REPEATS; repeat += 1) {
      process.stderr.write(`… ${days * ITEMS} rows, ${repeat} of ${REPEATS}\n`);
      measured.push(await measure(`forecast_${days}_${repeat}`, days));
    }
    const of = (key: keyof Measured, unit: string) => spread(measured.map((one) => one[key]), unit);
    const count = (key: "imported" | "exported") => (measured[0]?.[key] ?? 0).toLocaleString("en");
    rows.push([count("imported"), of("importSeconds", "s"), of("importMegabytes", "MB"), count("exported"), of("exportSeconds", "s"), of("exportMegabytes", "MB")]);
  }
  table(["rows imported", "time", "peak memory", "rows exported", "time", "peak memory"], rows);
} finally {
  await servers.stop();
}
process.exit(0);

/** Sends and fetches `days` of demand of every item with a database and a process of their own. */
async function measure(database: string, days: number): Promise<Measured> {
  await servers.createDatabase(database);
  return servers.withService(database, "api", {}, async ({ origin, pid }) => {
    await send(origin, "items", Readable.from(["sku,name\n", ...Array.from({ length: ITEMS }, (_, item) => `S-${item},Item ${item}\n`)]));
    const importing = performance.now();
    const imported = await send(origin, "demand", Readable.from(demandCsv(days)));
    const importSeconds = (performance.now() - importing) / 1_000;
    const importMegabytes = peakMegabytes(pid);
    const exporting = performance.now();
    const exported = await receive(origin);
    return { imported, importSeconds, importMegabytes, exported, exportSeconds: (performance.now() - exporting) / 1_000, exportMegabytes: peakMegabytes(pid) };
  });
}

function* demandCsv(days: number): Generator<string> {
  yield "sku,date,quantity\n";
  for (let day = 0; day < days; day += 1) {
    const date = new Date(Date.UTC(2021, 0, 1 + day)).toISOString().slice(0, 10);
    yield Array.from({ length: ITEMS }, (_, item) => `S-${item},${date},${1 + ((item + day) % 17)}\n`).join("");
  }
}

async function send(origin: string, kind: string, body: Readable): Promise<number> {
  const response = await fetch(`${origin}/api/${kind}/import`, { method: "POST", headers: { ...authorization, "content-type": "text/csv" }, body: Readable.toWeb(body) as unknown as BodyInit, duplex: "half" } as RequestInit);
  const answer = (await response.json()) as { imported: number; rejected: number };
  if (!response.ok || answer.rejected > 0) throw new Error(`the import was answered with ${response.status}: ${JSON.stringify(answer)}`);
  return answer.imported;
}

/** Lines of the export, without its header. */
async function receive(origin: string): Promise<number> {
  const response = await fetch(`${origin}/api/demand/export`, { headers: authorization });
  const stream = Readable.fromWeb(response.body as unknown as Parameters<typeof Readable.fromWeb>[0]);
  let lines = 0;
  stream.on("data", (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) lines += 1;
  });
  await once(stream, "end");
  return lines - 1;
}
