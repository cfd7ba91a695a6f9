import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import pg from "pg";
import { asSuperuser } from "../../embedded/provision.ts";
import { migrateUndo } from "../migrate/migrate.ts";
import { eventually } from "../test-support/eventually.ts";
import { migrationsDirectory, startTestServer, type TestServer } from "../test-support/test-database.ts";
import { runBackupRole } from "./backup-role.ts";
import { Backups } from "./backups.ts";
import { listTables, readContents } from "./contents.ts";
import { DirectoryStore } from "./directory-store.ts";
import type { Manifest } from "./store.ts";

const key = "a-key-of-the-tests-with-enough-bits";

describe("backups", () => {
  let server: TestServer;
  let directory: string;
  beforeAll(async () => {
    server = await startTestServer();
    directory = await mkdtemp(join(tmpdir(), "backups-"));
  }, 60_000);
  afterAll(async () => {
    await server.remove();
    await rm(directory, { recursive: true });
  });

  const administration = (database: string) => ({ connection: { ...server.superuser, database }, owner: "forecast_owner", app: "forecast_app" });
  let moment = Date.parse("2026-02-01T02:00:00Z");
  const backupsOf = (database: string, options: { key?: string; directory?: string } = {}) =>
    new Backups({ administration: administration(database), store: new DirectoryStore(options.directory ?? join(directory, database)), key: options.key ?? key, migrations: migrationsDirectory, now: () => new Date((moment += 1_000)) });
  const query = async (database: string, sql: string) => asSuperuser(server.superuser, database, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
  const contentsOf = async (database: string) => asSuperuser(server.superuser, database, async (client) => readContents(client, (await listTables(client)).filter((table) => table !== "public.backups")));

  /** A database with rows of two tenants, text that COPY must escape, and a used sequence. */
  const filled = async () => {
    const database = await server.createDatabase();
    await query(
      database,
      `INSERT INTO tenants (tenant_id, name) VALUES ('other', 'Other');
       INSERT INTO items (tenant_id, sku, name, category) SELECT CASE WHEN n % 2 = 0 THEN 'default' ELSE 'other' END, 'sku-' || n, E'tab\\tline\\nback\\\\slash \\\\.', CASE WHEN n % 3 = 0 THEN 'a' END FROM generate_series(1, 500) n;
       INSERT INTO demand_history SELECT tenant_id, 'main', material_id, date '2026-01-01' + day, day / 3.0 FROM items, generate_series(0, 39) day;
       INSERT INTO audit_log (tenant_id, actor, actor_kind, action, entity, entity_id) SELECT tenant_id, 'a', 'user', 'create', 'item', sku FROM items`,
    );
    return database;
  };

  it("bring back all rows of all tenants, what was written since stays in the database from before, and the service finds the restored one", async () => {
    const database = await filled();
    const before = await contentsOf(database);
    const backups = backupsOf(database);
    const made = await backups.create();
    await query(database, "DELETE FROM demand_history; UPDATE items SET name = 'broken'");
    const service = new pg.Client(server.connection("app", database));
    service.on("error", () => undefined);
    await service.connect();
    const { manifest, kept } = await backups.restore(made.name);
    expect(manifest.name).toBe(made.name);
    expect(await contentsOf(database)).toEqual(before);
    expect(await query(kept, "SELECT count(*)::int AS n FROM demand_history")).toEqual([{ n: 0 }]);
    // The service's own role sees its rows again, with its rights as they were, and new rows get new numbers.
    const app = new pg.Client(server.connection("app", database));
    await app.connect();
    try {
      await app.query("SET app.tenant_id = 'default'");
      expect((await app.query("SELECT FROM items")).rowCount).toBe(250);
      await app.query("INSERT INTO audit_log (tenant_id, actor, actor_kind, action, entity, entity_id) VALUES ('default', 'a', 'user', 'create', 'item', 'new')");
      await expect(app.query("UPDATE audit_log SET actor = 'b'")).rejects.toThrow("permission denied");
    } finally {
      await app.end();
    }
  }, 60_000);

  it("are verified by restoring them beside the service, which leaves nothing behind and is recorded for the metrics", async () => {
    const database = await filled();
    const backups = backupsOf(database);
    await backups.create();
    const checked = await backups.verify();
    expect(checked.checked?.intact).toBe(true);
    expect((await backups.list()).complete).toEqual([checked]);
    expect(await query("postgres", "SELECT datname FROM pg_database WHERE datname LIKE '%verify%' OR datname LIKE '%restored%'")).toEqual([]);
    expect(await query(database, "SELECT name, bytes::int, intact FROM backups")).toEqual([{ name: checked.name, bytes: checked.bytes, intact: true }]);
  }, 60_000);

  it("are what they were at one moment, whatever is written meanwhile", async () => {
    const database = await filled();
    const backups = backupsOf(database);
    let writing = true;
    const isWriting = () => writing;
    const writes = (async () => {
      for (let n = 0; isWriting(); n += 1) await query(database, `INSERT INTO items (tenant_id, sku, name) VALUES ('default', 'during-${n}', 'x'); INSERT INTO inventory (tenant_id, facility_id, material_id) SELECT 'default', 'main', material_id FROM items WHERE sku = 'during-${n}'`);
    })();
    await backups.create();
    writing = false;
    await writes;
    expect((await backups.verify()).checked?.intact).toBe(true);
  }, 60_000);

  it("of an older schema come back with the newest one", async () => {
    const database = await filled();
    const run = { connection: server.connection("owner", database), directory: migrationsDirectory, connectTimeoutMs: 0, onReport: () => undefined };
    await migrateUndo(run, { to: "0.0.9", acceptDataLoss: true });
    const backups = backupsOf(database);
    expect((await backups.create()).schemaVersion).toBe("0.0.9");
    await backups.restore(undefined);
    expect(await query(database, "SELECT count(*)::int AS n FROM demand_history")).toEqual([{ n: 20_000 }]);
    expect(await query(database, "SELECT to_regclass('backups') IS NOT NULL AS made")).toEqual([{ made: true }]);
  }, 60_000);

  it("of an older schema keep it for a release that is gone back to, when they are told to", async () => {
    const database = await filled();
    const run = { connection: server.connection("owner", database), directory: migrationsDirectory, connectTimeoutMs: 0, onReport: () => undefined };
    await migrateUndo(run, { to: "0.0.9", acceptDataLoss: true });
    const backups = backupsOf(database);
    await backups.create();
    await backups.restore(undefined, "as it was");
    expect(await query(database, "SELECT version FROM schema_version WHERE success ORDER BY installed_rank DESC LIMIT 1")).toEqual([{ version: "0.0.9" }]);
    expect(await query(database, "SELECT count(*)::int AS n FROM demand_history")).toEqual([{ n: 20_000 }]);
  }, 60_000);

  it("cannot be read with another key, and hold no readable row", async () => {
    const database = await filled();
    const made = await backupsOf(database).create();
    const stored = await readFile(join(directory, database, `${made.name}.age`));
    expect(stored.toString("latin1")).toMatch(/^age-encryption\.org\/v1\n/);
    expect(stored.includes("sku-1")).toBe(false);
    await expect(backupsOf(database, { key: "another-key-with-enough-bits-too" }).restore(undefined)).rejects.toMatchObject({ exitCode: 77, message: "The key is not the one that this backup was made with; nothing was changed." });
    expect(await query(database, "SELECT count(*)::int AS n FROM items")).toEqual([{ n: 500 }]);
  }, 60_000);

  it.each([
    ["changed in the middle", (bytes: Buffer) => Buffer.concat([bytes.subarray(0, bytes.length >> 1), Buffer.from([(bytes[bytes.length >> 1] ?? 0) ^ 1]), bytes.subarray((bytes.length >> 1) + 1)])],
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ["emptied", () => Buffer.alloc(0)],
    ["replaced by something else", () => Buffer.from("not an archive\n".repeat(100))],
  ])("that were %s are refused, change nothing, and count as not intact", async (_case, damage) => {
    const database = await filled();
    const backups = backupsOf(database);
    const made = await backups.create();
    const file = join(directory, database, `${made.name}.age`);
    await writeFile(file, damage(await readFile(file)));
    await expect(backups.restore(made.name)).rejects.toMatchObject({ exitCode: 65, message: expect.stringMatching(/damaged|not a backup/) });
    await expect(backups.verify(made.name)).rejects.toMatchObject({ exitCode: 65 });
    expect((await backups.list()).complete[0]?.checked?.intact).toBe(false);
    expect(await query(database, "SELECT count(*)::int AS n FROM items")).toEqual([{ n: 500 }]);
    expect(await query("postgres", "SELECT datname FROM pg_database WHERE datname LIKE '%verify%' OR datname LIKE '%restored%'")).toEqual([]);
  }, 60_000);

  it("that are another backup under their name are refused, though they can be read", async () => {
    const database = await filled();
    const backups = backupsOf(database);
    const [first, second] = [await backups.create(), await backups.create()];
    await copyFile(join(directory, database, `${second.name}.age`), join(directory, database, `${first.name}.age`));
    await expect(backups.restore(first.name)).rejects.toMatchObject({ exitCode: 65, message: expect.stringContaining(`The backup ${first.name} is not the archive that was stored under this name`) });
    await expect(backups.verify(first.name)).rejects.toMatchObject({ exitCode: 65 });
    expect((await backups.list()).complete.map(({ checked }) => checked?.intact)).toEqual([false, undefined]);
    expect(await query("postgres", `SELECT datname FROM pg_database WHERE datname LIKE '${database}\\_%'`)).toEqual([]);
  }, 60_000);

  it("that the store gives back as something else than was written are not kept", async () => {
    const database = await filled();
    class Forgetful extends DirectoryStore {
      override async put(object: string, content: Readable): Promise<void> {
        await super.put(object, Readable.from([(await buffer(content)).subarray(0, -1)]));
      }
    }
    const volume = join(directory, `${database}-forgetful`);
    const backups = new Backups({ administration: administration(database), store: new Forgetful(volume), key, migrations: migrationsDirectory, now: () => new Date() });
    await expect(backups.create()).rejects.toMatchObject({ exitCode: 65, message: expect.stringMatching(/gave the backup .* back as something else than was written/) });
    expect(await readdir(volume)).toEqual([]);
  }, 60_000);

  it("of the schedule are made, verified and kept, and those that are too old go", async () => {
    const database = await filled();
    const volume = join(directory, `${database}-scheduled`);
    const [old, kept] = [new Date("2026-01-01T01:30:00Z"), new Date("2026-01-02T01:30:00Z")];
    for (const moment of [old, kept]) await new Backups({ administration: administration(database), store: new DirectoryStore(volume), key, migrations: migrationsDirectory, now: () => moment }).create();
    const { host, port, user, password } = server.superuser;
    const environment = { BACKUP_KEY: key, BACKUP_DIRECTORY: volume, BACKUP_KEEP_DAYS: "1", BACKUP_KEEP_NEWEST: "2", DB_HOST: host, DB_PORT: String(port), DB_NAME: database, DB_USER: user, DB_PASSWORD: password };
    const before = process.env;
    process.env = { ...before, ...environment };
    const lines: string[] = [];
    const stdout = jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
    try {
      expect(await runBackupRole(["run"])).toBe(true);
    } finally {
      stdout.mockRestore();
      process.env = before;
    }
    const [verified, removed, ...more] = lines.map((line) => JSON.parse(line) as { verified?: Manifest; removed?: Manifest });
    expect([verified?.verified?.checked?.intact, removed?.removed?.createdAt, more]).toEqual([true, old.toISOString(), []]);
    const names = [`${database}-20260102T013000Z`, verified?.verified?.name ?? ""];
    expect((await readdir(volume)).sort()).toEqual(names.flatMap((name) => [`${name}.age`, `${name}.json`]).sort());
  }, 60_000);

  it("are restored also after an attempt that was killed, whose copy goes", async () => {
    const database = await filled();
    const backups = backupsOf(database);
    await backups.create();
    await query("postgres", `CREATE DATABASE ${database}_restored_20260101t000000z`);
    const { kept } = await backups.restore(undefined);
    expect(await query("postgres", `SELECT datname FROM pg_database WHERE datname LIKE '${database}\\_%' ORDER BY 1`)).toEqual([{ datname: kept }]);
  }, 60_000);

  it("that do not fit are not kept, and earlier ones stay", async () => {
    const database = await filled();
    const volume = await mkdtemp(join(tmpdir(), "small-volume-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", volume]);
    try {
      const backups = backupsOf(database, { directory: volume });
      const first = await backups.create();
      await query(database, "UPDATE items SET name = (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 200) WHERE items.sku IS NOT NULL)");
      await expect(backups.create()).rejects.toMatchObject({ exitCode: 74, message: expect.stringContaining("There is no room left") });
      expect((await readdir(volume)).sort()).toEqual([`${first.name}.age`, `${first.name}.json`]);
      expect((await backups.verify()).name).toBe(first.name);
    } finally {
      await eventually(() => Promise.resolve(execFileSync("umount", [volume])));
      await rm(volume, { recursive: true });
    }
  }, 60_000);

  it("whose connection to Postgres breaks are not kept, and earlier ones stay", async () => {
    const database = await filled();
    const backups = backupsOf(database);
    const first = await backups.create();
    // A lock holds the dump up at a table that comes after others.
    const holder = new pg.Client({ ...server.superuser, database });
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE items IN ACCESS EXCLUSIVE MODE");
    const attempt = expect(backups.create()).rejects.toMatchObject({ exitCode: 1, message: expect.stringMatching(/^The connection to .* broke in the middle/) });
    await eventually(async () => {
      // Asked in a session of its own each time: a transaction sees the sessions that there were when it first looked.
      expect(await server.query(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'forecast-backup' AND wait_event_type = 'Lock'")).toHaveLength(1);
    });
    await attempt;
    await holder.end();
    expect((await readdir(join(directory, database))).sort()).toEqual([`${first.name}.age`, `${first.name}.json`]);
  }, 60_000);

  it("that the database cannot note are kept all the same, and whoever made them is told so", async () => {
    const database = await filled();
    const backups = backupsOf(database);
    // A lock that lets the dump read the table, and nobody write to it.
    const holder = new pg.Client({ ...server.superuser, database });
    await holder.connect();
    await holder.query("BEGIN; LOCK TABLE backups IN SHARE MODE");
    const attempt = expect(backups.create()).rejects.toMatchObject({ exitCode: 1, message: expect.stringMatching(/^The backup forecast\S* is in .*, but its database could not note it, so that the metrics of backups stay as they were: /) });
    await eventually(async () => {
      expect(await server.query(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'forecast-backup' AND wait_event_type = 'Lock'")).toHaveLength(1);
    });
    await attempt;
    await holder.end();
    expect((await backups.verify()).checked?.intact).toBe(true);
  }, 60_000);

  it("that nobody made are named as missing, with what there is", async () => {
    const database = await filled();
    const backups = backupsOf(database);
    await expect(backups.restore(undefined)).rejects.toThrow(/^There is no backup in .* yet\.$/);
    const made = await backups.create();
    await expect(backups.verify("forecast-20200101T000000Z")).rejects.toThrow(`there are ${made.name}`);
  }, 60_000);
});
