import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Registry } from "prom-client";
import { asSuperuser } from "../../embedded/provision.ts";
import { startTestServer, type TestServer } from "../test-support/test-database.ts";
import { eventually } from "../test-support/eventually.ts";
import { testEnvironment } from "../test-support/test-service.ts";
import { readConfig } from "./config.ts";
import { Database } from "./db.ts";
import { createLog } from "./log.ts";

describe("the pool of connections", () => {
  let server: TestServer;
  let name: string;
  const open = (environment: Record<string, string | undefined> = {}) =>
    new Database(readConfig({ ...testEnvironment(server, name), DATABASE_POOL_ACQUIRE_TIMEOUT_MS: "5000", ...environment }), createMetrics(new Registry(), ["api"]), createLog({ level: "fatal", role: "api", version: "test" }), "pool-test");

  beforeAll(async () => {
    server = await startTestServer();
    name = await server.createDatabase();
  });
  afterAll(() => server.remove());

  /** Sessions of the pool that Postgres has. */
  const sessions = async (which = "") => (await server.query(name, `SELECT FROM pg_stat_activity WHERE application_name = 'pool-test' ${which}`)).length;

  it("serves every statement over the sessions that are open when the role's password changes under it", async () => {
    const { DB_USER, DB_PASSWORD } = readConfig(testEnvironment(server, name));
    const changePassword = async (password: string) => asSuperuser(server.superuser, name, (client) => client.query(`ALTER ROLE ${client.escapeIdentifier(DB_USER)} PASSWORD ${client.escapeLiteral(password)}`));
    const database = open();
    try {
      await database.query("one", "SELECT 1");
      await changePassword("another-one-of-the-same-role");
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => database.query<{ n: number }>("many", "SELECT $1::int AS n, pg_sleep(0.02)", [index])));
      expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    } finally {
      await changePassword(DB_PASSWORD);
      await database.close();
    }
  });

  it("reads arrays of numbers as Postgres has them, also those that JSON cannot say", async () => {
    const database = open();
    try {
      const columns = "'{1,-2}'::int[] AS integers, '{0.1,-0,1e300,5e-324}'::float8[] AS doubles, '{}'::float8[] AS none, '{1,NULL}'::int[] AS gaps, '{NaN,-Infinity}'::float8[] AS odd, '{{1,2},{3,4}}'::float8[] AS nested, NULL::float8[] AS missing, '{1,2}'::text[] AS texts";
      expect(await database.query("arrays", `SELECT ${columns}`)).toEqual([
        { integers: [1, -2], doubles: [0.1, -0, 1e300, 5e-324], none: [], gaps: [1, null], odd: [Number.NaN, -Infinity], nested: [[1, 2], [3, 4]], missing: null, texts: ["1", "2"] },
      ]);
    } finally {
      await database.close();
    }
  });

  it("gives up waiting for a connection after DATABASE_POOL_ACQUIRE_TIMEOUT_MS, and not before", async () => {
    /** What a statement comes to while others hold all connections for two seconds. */
    const whileAllAreHeld = async (timeout: string) => {
      const database = open({ DATABASE_POOL_MAX: "2", DATABASE_POOL_ACQUIRE_TIMEOUT_MS: timeout });
      try {
        const holders = [1, 2].map(() => database.query("hold", "SELECT pg_sleep(2)"));
        await eventually(async () => expect(await sessions("AND state = 'active'")).toBe(2));
        const late = await database.query("late", "SELECT 1").then(() => "answered", String);
        await Promise.all(holders);
        return late;
      } finally {
        await database.close();
      }
    };
    expect(await whileAllAreHeld("300")).toContain("timeout exceeded when trying to connect");
    expect(await whileAllAreHeld("30000")).toBe("answered");
  });

  it("closes connections that nobody has used for DATABASE_POOL_IDLE_TIMEOUT_MS, but one", async () => {
    const hurried = open({ DATABASE_POOL_IDLE_TIMEOUT_MS: "200" });
    try {
      await Promise.all([1, 2, 3].map(() => hurried.query("hold", "SELECT pg_sleep(0.2)")));
      await eventually(async () => expect(await sessions()).toBe(1));
    } finally {
      await hurried.close();
    }
    const usual = open();
    try {
      await Promise.all([1, 2, 3].map(() => usual.query("hold", "SELECT pg_sleep(0.2)")));
      expect(await sessions()).toBe(3);
    } finally {
      await usual.close();
    }
  });

  it("says at once that a password is wrong when there is no open session", async () => {
    const database = open({ DB_PASSWORD: "wrong" });
    try {
      await expect(database.query("one", "SELECT 1")).rejects.toThrow("password authentication failed");
    } finally {
      await database.close();
    }
  });
});
