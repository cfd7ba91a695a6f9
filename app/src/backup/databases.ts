import { provisioningSql } from "@forecast-stack/migrations/provisioning.ts";
import pg from "pg";
import { isConnectionError } from "../platform/connection-error.ts";
import { messageOf } from "../platform/thrown.ts";
import { BackupError } from "./backup-error.ts";

/** The server and who administers it. */
export interface Administration {
  /** A superuser's connection to the service's database. */
  readonly connection: pg.ClientConfig & { readonly database: string };
  /** The roles that migrations and the service use. */
  readonly owner: string;
  readonly app: string;
}

/** How long the sessions of a database may take to end, in milliseconds. */
const SESSIONS_END_MS = 30_000;

/** After how long without a word the server is asked whether it is still there; ten questions without an answer end the connection. */
const ASK_AFTER_MS = 10_000;

/** Runs `work` with a connection of its own, by default to the service's database. */
export async function withConnection<Result>({ connection }: Administration, work: (client: pg.Client) => Promise<Result>, database: string = connection.database): Promise<Result> {
  // A server that is gone with its machine ends no connection: without being asked it would be waited for until the Job's end.
  const client = new pg.Client({ ...connection, database, application_name: "forecast-backup", keepAlive: true, keepAliveInitialDelayMillis: ASK_AFTER_MS });
  // A connection that breaks fails the statement that runs on it; nobody else needs to hear of it.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new BackupError("failed", `cannot connect to ${database} at ${connection.host ?? ""}:${String(connection.port)} as ${String(connection.user)}: ${messageOf(error)}`, error);
  }
  try {
    return await work(client);
  } catch (error) {
    throw isConnectionError(error) ? new BackupError("failed", `The connection to ${database} broke in the middle (${messageOf(error)}): nothing was changed, and no backup that is half was kept.`, error) : error;
  } finally {
    await client.end();
  }
}

/** Makes an empty database beside the service's, as its set-up made that one. */
export async function createDatabase(administration: Administration, name: string): Promise<void> {
  const { owner, app } = administration;
  await withConnection(administration, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${owner} TEMPLATE template0 ENCODING 'UTF8'`), "postgres");
  await withConnection(
    administration,
    async (client) => {
      const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = 'forecast_monitor'");
      await client.query(provisioningSql({ name: pg.escapeIdentifier(name), owner, app, monitor: rowCount === 0 ? undefined : "forecast_monitor" }).join("\n"));
    },
    name,
  );
}

export async function dropDatabase(administration: Administration, name: string): Promise<void> {
  await withConnection(administration, (client) => client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`), "postgres");
}

/**
 * Gives the service another database under the name that it knows. Its
 * sessions end; the service connects again by itself. The database from before
 * stays, under the name `kept`.
 */
export async function switchDatabase(administration: Administration, replacement: string, kept: string): Promise<void> {
  const { database } = administration.connection;
  await withConnection(
    administration,
    async (client) => {
      await client.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} WITH ALLOW_CONNECTIONS false`);
      try {
        await endSessions(client, database);
        await client.query("BEGIN");
        await client.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} RENAME TO ${pg.escapeIdentifier(kept)}`);
        await client.query(`ALTER DATABASE ${pg.escapeIdentifier(replacement)} RENAME TO ${pg.escapeIdentifier(database)}`);
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        await client.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} WITH ALLOW_CONNECTIONS true`);
        throw new BackupError("failed", "The restored database could not take the place of the service's, which goes on as it was.", error);
      }
      await client.query(`ALTER DATABASE ${pg.escapeIdentifier(kept)} WITH ALLOW_CONNECTIONS true`);
    },
    "postgres",
  );
}

async function endSessions(client: pg.Client, database: string): Promise<void> {
  const deadline = Date.now() + SESSIONS_END_MS;
  for (;;) {
    const { rowCount } = await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [database]);
    if (rowCount === 0) return;
    if (Date.now() > deadline) throw new Error(`${rowCount ?? 0} sessions of ${database} do not end`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
