import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { migrationsDirectory, startTestServer, type TestServer } from "../test-support/test-database.ts";
import { readMigrations } from "./migration-files.ts";
import { migrateUndo, type MigrationReport, migrateUp, migrationStatus, repairIndexes } from "./migrate.ts";

describe("migrations", () => {
  let server: TestServer;
  let directory: string;
  let versions: string[];
  beforeAll(async () => {
    versions = (await readMigrations(migrationsDirectory)).map(({ version }) => version);
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
    expect(first.reports.map(({ action, version }) => `${action} ${version}`)).toEqual(versions.map((version) => `applied ${version}`));
    const second = options(database);
    await migrateUp(second);
    expect(second.reports).toEqual([]);
    expect(await query(database, "SELECT count(*)::int AS n FROM schema_version WHERE success")).toEqual([{ n: versions.length }]);
  });

  it("can all be undone and applied again", async () => {
    const database = await server.createEmptyDatabase();
    const run = options(database);
    await migrateUp(run);
    const before = await query(database, "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'pgboss') ORDER BY 1, 2");
    for (let step = 0; step < versions.length; step += 1) await migrateUndo(run, { acceptDataLoss: true });
    expect(run.reports.slice(versions.length).map(({ action, version }) => `${action} ${version}`)).toEqual(versions.toReversed().map((version) => `undone ${version}`));
    expect(await query(database, "SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'pgboss')")).toEqual([{ tablename: "schema_version" }]);
    await expect(migrateUndo(run, { acceptDataLoss: true })).rejects.toThrow("no migration is applied");
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
      { version: versions.at(-1), success: true },
    ]);
    await writeFile(join(directory, "V9.0.0__break_it.sql"), "-- Kind: expand\nCREATE TABLE half_done (a int);\n");
    await migrateUp(options(database, directory));
    expect(await query(database, "SELECT version, success FROM schema_version ORDER BY installed_rank DESC LIMIT 1")).toEqual([{ version: "9.0.0", success: true }]);
  });

  it("give up after ten seconds where a session holds what they need, leave nothing half done, and succeed once it is gone", async () => {
    const database = await server.createDatabase();
    const folder = await mkdtemp(join(tmpdir(), "migrations-"));
    await writeFile(join(folder, "U9.0.0__widen_items.sql"), "ALTER TABLE items DROP COLUMN colour;\nDROP TABLE colours;\n");
    await writeFile(join(folder, "V9.0.0__widen_items.sql"), "-- Kind: expand\nCREATE TABLE colours (colour text);\nALTER TABLE items ADD COLUMN colour text;\n");
    const holder = new pg.Client(server.connection("owner", database));
    await holder.connect();
    try {
      await holder.query("BEGIN; LOCK TABLE items IN ACCESS SHARE MODE");
      const began = performance.now();
      await expect(migrateUp(options(database, folder))).rejects.toThrow(/^V9\.0\.0__widen_items\.sql was not applied: ERROR: canceling statement due to lock timeout \(SQLSTATE 55P03\)$/);
      const took = performance.now() - began;
      expect(took).toBeGreaterThan(9_500);
      expect(took).toBeLessThan(15_000);
      expect(await query(database, "SELECT to_regclass('colours') AS colours, (SELECT count(*)::int FROM information_schema.columns WHERE column_name = 'colour') AS columns")).toEqual([{ colours: null, columns: 0 }]);
      expect((await migrationStatus(options(database, folder))).map(({ version, state }) => `${version} ${state}`)[0]).toBe("9.0.0 pending");
    } finally {
      await holder.end();
    }
    await migrateUp(options(database, folder));
    expect(await query(database, "SELECT colour FROM items")).toEqual([]);
    await rm(folder, { recursive: true });
  }, 60_000);

  it("are undone down to a version only, and only when somebody gave up what that loses", async () => {
    const database = await server.createDatabase();
    const run = options(database);
    await expect(migrateUndo(run, { to: "0.0.7", acceptDataLoss: false })).rejects.toThrow("undoing loses data, so it must be accepted");
    expect((await migrationStatus(run)).map(({ state }) => state)).toEqual(versions.map(() => "applied"));
    await migrateUndo(run, { to: "0.0.7", acceptDataLoss: true });
    expect((await migrationStatus(run)).filter(({ state }) => state === "applied").at(-1)?.version).toBe("0.0.7");
    expect(await query(database, "SELECT count(*)::int AS n FROM pg_tables WHERE tablename = 'items'")).toEqual([{ n: 1 }]);
    await migrateUp(run);
    expect((await migrationStatus(run)).every(({ state }) => state === "applied")).toBe(true);
  });

  it("whose file or undo was edited since are shown as changed, and newer ones than this release's as unknown", async () => {
    const database = await server.createDatabase();
    await query(database, "UPDATE schema_version SET undo_checksum = 'other' WHERE version = '0.0.2'; INSERT INTO schema_version SELECT 99, '99.0.0', 'x', 'x', current_user, now(), 1, true");
    const status = await migrationStatus(options(database));
    expect(status.filter(({ state }) => state !== "applied").map(({ version, state }) => `${version} ${state}`)).toEqual(["0.0.2 changed", "99.0.0 unknown"]);
  });

  it("make needed indexes again that were lost or left unusable, those of the forecasts only when they are wanted", async () => {
    const database = await server.createDatabase();
    await query(database, "DROP INDEX idx_inventory_material; DROP INDEX idx_forecasts_run_sku");
    await server.query(database, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'idx_forecast_runs_newest'::regclass");
    expect(await repairIndexes(options(database), { forecastsComposite: false })).toEqual(["idx_forecast_runs_newest", "idx_inventory_material"]);
    expect(await repairIndexes(options(database), { forecastsComposite: true })).toEqual(["idx_forecasts_run_sku"]);
    expect(await repairIndexes(options(database), { forecastsComposite: true })).toEqual([]);
    expect(await query(database, "SELECT count(*)::int AS unusable FROM pg_index WHERE NOT indisvalid")).toEqual([{ unusable: 0 }]);
  });

  it("started twice at once are applied once", async () => {
    const database = await server.createEmptyDatabase();
    const runs = [options(database), options(database)];
    await Promise.all(runs.map((run) => migrateUp(run)));
    expect(runs.map((run) => run.reports.length).sort()).toEqual([0, versions.length]);
  });

  it("give the service's role the rows of one tenant and nothing else", async () => {
    const database = await server.createDatabase();
    const client = new pg.Client(server.connection("app", database));
    await client.connect();
    try {
      await client.query("SET app.tenant_id = 'default'");
      await client.query("INSERT INTO items (tenant_id, sku, name) VALUES ('default', 'a', 'A')");
      await expect(client.query("INSERT INTO items (tenant_id, sku, name) VALUES ('other', 'a', 'A')")).rejects.toThrow("row-level security");
      await client.query("SET app.tenant_id = 'other'");
      expect((await client.query("SELECT FROM items")).rowCount).toBe(0);
      expect((await client.query("DELETE FROM items")).rowCount).toBe(0);
      await client.query("RESET app.tenant_id");
      expect((await client.query("SELECT FROM items")).rowCount).toBe(0);
      await expect(client.query("DROP TABLE items")).rejects.toThrow("must be owner");
      await expect(client.query("CREATE TABLE x (a int)")).rejects.toThrow("permission denied");
      await expect(client.query("UPDATE schema_version SET success = false")).rejects.toThrow("permission denied");
    } finally {
      await client.end();
    }
  });

  it("isolate every table that has tenants, from its owner too, and let the service's role own and bypass nothing", async () => {
    const database = await server.createDatabase();
    const open = `
      SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE a.attname = 'tenant_id' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenants'
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant_rows'))`;
    expect(await query(database, open)).toEqual([]);
    expect(await query(database, "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'forecast_app'")).toEqual([]);
    expect(await query(database, "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname IN ('forecast_app', 'forecast_owner')")).toEqual(
      Array.from({ length: 2 }, () => ({ rolsuper: false, rolbypassrls: false, rolcreaterole: false })),
    );
  });

  it("keep the audit log append-only, even for its owner", async () => {
    const database = await server.createDatabase();
    await query(database, "SET app.tenant_id = 'default'; INSERT INTO audit_log (tenant_id, actor, actor_kind, action, entity, entity_id) VALUES ('default', 'a', 'user', 'create', 'item', 'x')");
    for (const change of ["UPDATE audit_log SET actor = 'b'", "DELETE FROM audit_log", "TRUNCATE audit_log"]) await expect(query(database, `SET app.tenant_id = 'default'; ${change}`)).rejects.toThrow("append-only");
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
