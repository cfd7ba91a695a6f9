import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { migrationsDirectory, startTestServer, type TestServer } from "../test-support/test-database.ts";
import { migrateUndo, type MigrationReport, migrateUp } from "./migrate.ts";

describe("migrations", () => {
  let server: TestServer;
  let directory: string;
  beforeAll(async () => {
    server = await startTestServer();
    directory = await mkdtemp(join(tmpdir(), "migrations-"));
    await cp(migrationsDirectory, directory, { recursive: true, filter: (path) => path === migrationsDirectory || path.endsWith(".sql") });
  }, 60_000);
  afterAll(async () => {
    await server.remove();
    await rm(directory, { recursive: true });
  });

  const options = (database: string, from = migrationsDirectory) => {
    const reports: MigrationReport[] = [];
    return { reports, connection: server.connection("owner", database), directory: from, connectTimeoutMs: 0, onReport: (report: MigrationReport) => reports.push(report) };
  };
  const query = async (database: string, sql: string) => {
    const client = new pg.Client(server.connection("owner", database));
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it("bring an empty database to the newest version and then have nothing to do", async () => {
    const database = await server.createEmptyDatabase();
    const first = options(database);
    await migrateUp(first);
    expect(first.reports.map(({ action, version }) => `${action} ${version}`)).toEqual(["applied 0.0.1", "applied 0.0.2", "applied 0.0.3", "applied 0.0.4"]);
    const second = options(database);
    await migrateUp(second);
    expect(second.reports).toEqual([]);
    expect(await query(database, "SELECT count(*)::int AS n FROM schema_version WHERE success")).toEqual([{ n: 4 }]);
  });

  it("can all be undone and applied again", async () => {
    const database = await server.createEmptyDatabase();
    const run = options(database);
    await migrateUp(run);
    const before = await query(database, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'pgboss') ORDER BY 1, 2");
    for (let step = 0; step < 4; step += 1) await migrateUndo(run);
    expect(run.reports.slice(4).map(({ action, version }) => `${action} ${version}`)).toEqual(["undone 0.0.4", "undone 0.0.3", "undone 0.0.2", "undone 0.0.1"]);
    expect(await query(database, "SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'pgboss')")).toEqual([{ tablename: "schema_version" }]);
    await expect(migrateUndo(run)).rejects.toThrow("no migration is applied");
    await migrateUp(run);
    expect(await query(database, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'pgboss') ORDER BY 1, 2")).toEqual(before);
  });

  it("that fail leave the old schema, say which and why, and succeed once mended", async () => {
    const database = await server.createDatabase();
    await writeFile(join(directory, "U9.0.0__break_it.sql"), "DROP TABLE half_done;");
    await writeFile(join(directory, "V9.0.0__break_it.sql"), "-- Kind: expand\nCREATE TABLE half_done (a int);\nALTER TABLE items ADD COLUMN sku text;\n");
    await expect(migrateUp(options(database, directory))).rejects.toThrow(
      'V9.0.0__break_it.sql was not applied: ERROR: column "sku" of relation "items" already exists (SQLSTATE 42701)',
    );
    expect(await query(database, "SELECT to_regclass('half_done') AS half_done")).toEqual([{ half_done: null }]);
    expect(await query(database, "SELECT version, success FROM schema_version ORDER BY installed_rank DESC LIMIT 2")).toEqual([
      { version: "9.0.0", success: false },
      { version: "0.0.4", success: true },
    ]);
    await writeFile(join(directory, "V9.0.0__break_it.sql"), "-- Kind: expand\nCREATE TABLE half_done (a int);\n");
    await migrateUp(options(database, directory));
    expect(await query(database, "SELECT version, success FROM schema_version ORDER BY installed_rank DESC LIMIT 1")).toEqual([{ version: "9.0.0", success: true }]);
  });

  it("started twice at once are applied once", async () => {
    const database = await server.createEmptyDatabase();
    const runs = [options(database), options(database)];
    await Promise.all(runs.map((run) => migrateUp(run)));
    expect(runs.map((run) => run.reports.length).sort()).toEqual([0, 4]);
  });

  it("give the service's role rows and nothing else", async () => {
    const database = await server.createDatabase();
    const client = new pg.Client(server.connection("app", database));
    await client.connect();
    await client.query("INSERT INTO items (tenant_id, sku, name) VALUES ('t', 'a', 'A')");
    await expect(client.query("DROP TABLE items")).rejects.toThrow("must be owner");
    await expect(client.query("CREATE TABLE x (a int)")).rejects.toThrow("permission denied");
    await expect(client.query("UPDATE schema_version SET success = false")).rejects.toThrow("permission denied");
    await client.end();
  });

  it("make the queue that the installed pg-boss expects", async () => {
    const database = await server.createDatabase();
    const boss = new PgBoss({ ...server.connection("app", database), migrate: false, supervise: false, schedule: false });
    await boss.start();
    const drift = await boss.detectSchemaDrift();
    await boss.stop({ graceful: false });
    expect(drift).toMatchObject({ ok: true });
  });

  it("say whom they could not reach", async () => {
    await expect(migrateUp({ ...options("nowhere"), connection: { host: "127.0.0.1", port: 1, user: "u", database: "nowhere" } })).rejects.toThrow("cannot connect to nowhere at 127.0.0.1:1 as u");
  });
});
