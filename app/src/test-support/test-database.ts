import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../embedded/embedded-postgres.ts";
import { asSuperuser, provisionDatabase, roles } from "../../embedded/provision.ts";
import { migrateUp } from "../migrate/migrate.ts";

/** The folder with the product's SQL files. */
export const migrationsDirectory = join(import.meta.dirname, "../../../migrations");

/** A Postgres of its own for one test file. */
export interface TestServer extends EmbeddedPostgres {
  /** A fresh migrated database (copied from a template); returns its name. */
  createDatabase(): Promise<string>;
  /** A fresh database with roles and extensions but without a schema; returns its name. */
  createEmptyDatabase(): Promise<string>;
  /** Runs a statement as the superuser, who sees the rows of every tenant; gives its rows. */
  query(database: string, sql: string): Promise<Record<string, unknown>[]>;
  connection(role: keyof typeof roles, database: string): { host: string; port: number; user: string; password: string; database: string };
}

/** Starts the server of a test file; call `remove` when the file is done. */
export async function startTestServer(): Promise<TestServer> {
  const server = await startEmbeddedPostgres();
  let databases = 0;
  let template: Promise<string> | undefined;
  const connection: TestServer["connection"] = (role, database) => ({ host: "127.0.0.1", port: server.port, ...roles[role], database });
  const createEmptyDatabase = async () => {
    databases += 1;
    const database = `forecast_${databases}`;
    await provisionDatabase(server.superuser, database);
    return database;
  };
  const makeTemplate = async () => {
    const database = await createEmptyDatabase();
    await migrateUp({ connection: connection("owner", database), directory: migrationsDirectory, connectTimeoutMs: 0, onReport: () => undefined });
    return database;
  };
  const createDatabase = async () => {
    const source = await (template ??= makeTemplate());
    databases += 1;
    const database = `forecast_${databases}`;
    await asSuperuser(server.superuser, "postgres", (client) => client.query(`CREATE DATABASE ${database} TEMPLATE ${source} OWNER ${roles.owner.user}`));
    return database;
  };
  const query: TestServer["query"] = (database, sql) => asSuperuser(server.superuser, database, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
  return { ...server, connection, query, createEmptyDatabase, createDatabase };
}
