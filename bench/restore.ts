import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../app/embedded/embedded-postgres.ts";
import { asSuperuser, provisionDatabase, roles } from "../app/embedded/provision.ts";
import { Backups } from "../app/src/backup/backups.ts";
import { DirectoryStore } from "../app/src/backup/directory-store.ts";
import { migrateUp } from "../app/src/migrate/migrate.ts";
import { migrationsDirectory } from "../app/src/test-support/test-database.ts";
import { spread, table } from "./report.ts";

// A database with a million rows of demand is backed up, verified and restored:
// dumped or loaded, compressed, encrypted and compared, on one machine.

const DATABASE = "forecast";
const REPEATS = 3;
const ITEMS = 2_500;
const DAYS = 400;

const postgres = await startEmbeddedPostgres();
const directory = await mkdtemp(join(tmpdir(), "bench-backups-"));
try {
  await provisionDatabase(postgres.superuser, DATABASE);
  await migrateUp({ connection: { host: "127.0.0.1", port: postgres.port, ...roles.owner, database: DATABASE }, directory: migrationsDirectory, connectTimeoutMs: 0, onReport: () => undefined });
  await asSuperuser(postgres.superuser, DATABASE, async (client) => {
    await client.query(`INSERT INTO items (tenant_id, sku, name) SELECT 'default', 'sku-' || n, 'Item ' || n FROM generate_series(1, ${ITEMS}) n`);
    await client.query(`INSERT INTO demand_history SELECT 'default', 'main', material_id, date '2025-01-01' + day, floor(random() * 40) FROM items, generate_series(0, ${DAYS - 1}) day`);
    await client.query("ANALYZE");
  });
  const administration = { connection: { ...postgres.superuser, database: DATABASE }, owner: roles.owner.user, app: roles.app.user };
  const backups = new Backups({ administration, store: new DirectoryStore(directory), key: "a-key-of-the-benchmark-with-enough-bits", migrations: migrationsDirectory, now: () => new Date() });
  const took: Record<"backup" | "verify" | "restore", number[]> = { backup: [], verify: [], restore: [] };
  const timed = async <Result>(step: keyof typeof took, work: () => Promise<Result>): Promise<Result> => {
    const began = performance.now();
    const result = await work();
    took[step].push((performance.now() - began) / 1_000);
    return result;
  };
  let bytes = 0;
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const { name } = await timed("backup", () => backups.create());
    await timed("verify", () => backups.verify(name));
    await timed("restore", () => backups.restore(name));
    ({ size: bytes } = await stat(join(directory, `${name}.age`)));
  }
  table([`${(ITEMS * DAYS).toLocaleString("en")} rows of demand, ${(bytes / 1_048_576).toFixed(1)} MiB archived`, "time"], Object.entries(took).map(([step, seconds]) => [step, spread(seconds, "s")]));
} finally {
  await postgres.remove();
  await rm(directory, { recursive: true });
}
process.exit(0);
