import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { eventually } from "../test-support/eventually.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { dropScratchDatabases, switchDatabase } from "./databases.ts";

describe("databases beside the service's", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  }, 60_000);
  afterAll(() => server.remove());

  const administration = (database: string) => ({ connection: { ...server.superuser, database }, owner: "forecast_owner", app: "forecast_app" });
  const session = async (database: string) => {
    const client = new pg.Client({ ...server.superuser, database });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  const marked = async (mark: string) => {
    const database = await server.createEmptyDatabase();
    await server.query(database, `CREATE TABLE mark AS SELECT '${mark}' AS mark`);
    return database;
  };
  const markOf = async (database: string) => (await server.query(database, "SELECT mark FROM mark"))[0]?.["mark"];

  it("take the service's place though it connects again all the time", async () => {
    const [database, replacement] = [await marked("before"), await marked("restored")];
    let serving = true;
    const isServing = () => serving;
    const service = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (isServing()) await (await session(database).catch(() => undefined))?.end().catch(() => undefined);
      }),
    );
    await switchDatabase(administration(database), replacement, "kept_of_service");
    serving = false;
    await service;
    expect([await markOf(database), await markOf("kept_of_service")]).toEqual(["restored", "before"]);
  }, 60_000);

  it("leave the service what it has when the switch is cut off in the middle, and take its place the next time", async () => {
    const [database, replacement] = [await marked("before"), await marked("restored")];
    // Held between the two names: the first one is changed already.
    const holder = await session("postgres");
    await holder.query(`BEGIN; COMMENT ON DATABASE ${replacement} IS 'held'`);
    const attempt = expect(switchDatabase(administration(database), replacement, "kept_of_cut")).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^The connection broke while the databases were switched .* Where there is a database kept_of_cut by now, the backup is restored; else nothing was changed/),
    });
    await eventually(async () => {
      expect(await server.query("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'forecast-backup' AND wait_event_type = 'Lock'")).toHaveLength(1);
    });
    await attempt;
    expect(await markOf(database)).toBe("before");
    await holder.query("ROLLBACK");
    await holder.end();
    await switchDatabase(administration(database), replacement, "kept_of_cut");
    expect([await markOf(database), await markOf("kept_of_cut")]).toEqual(["restored", "before"]);
  }, 60_000);

  it("are dropped when a killed verification or restore left them behind, and no others", async () => {
    const database = await server.createEmptyDatabase();
    const left = [`${database}_verify_20260201t020000z`, `${database}_restored_20260201t020000z`];
    const others = [`${database}_before_20260201t020000z`, `${database}_verify_mine`, `other_${database}_verify_20260201t020000z`, `${database}_verify_20260201t030000z`];
    for (const name of [...left, ...others]) await server.query("postgres", `CREATE DATABASE ${name}`);
    const verification = await session(`${database}_verify_20260201t030000z`);
    await dropScratchDatabases(administration(database));
    const there = (await server.query("postgres", "SELECT datname FROM pg_database")).map(({ datname }) => datname);
    expect([left.filter((name) => there.includes(name)), others.filter((name) => there.includes(name))]).toEqual([[], others]);
    await verification.end();
  }, 60_000);
});
