import { provisioningSql } from "@forecast-stack/migrations/provisioning.ts";
import pg from "pg";
import { isConnectionError } from "../platform/connection-error.ts";
import { fieldOf, messageOf } from "../platform/thrown.ts";
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

/** SQLSTATE of a database that a session still uses. */
const OBJECT_IN_USE = "55006";

const scratchSuffix = /^_(verify|restored)_\d{8}t\d{6}z$/;

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

/** The name of a database that is filled beside the service's: it tells what for and since when. */
export function scratchDatabase({ connection }: Administration, purpose: "verify" | "restored", moment: string): string {
  return `${connection.database}_${purpose}_${moment}`;
}

/** Drops what verifications and restores that were killed have left behind: no session uses it. */
export async function dropScratchDatabases(administration: Administration): Promise<void> {
  const { database } = administration.connection;
  await withConnection(
    administration,
    async (client) => {
      const { rows } = await client.query<{ name: string }>("SELECT datname AS name FROM pg_database WHERE datname NOT IN (SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL)");
      const left = rows.filter(({ name }) => name.startsWith(database) && scratchSuffix.test(name.slice(database.length)));
      for (const { name } of left) {
        await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)}`).catch((error: unknown) => {
          // Somebody has begun to use it.
          if (fieldOf(error, "code") !== OBJECT_IN_USE) throw error;
        });
      }
    },
    "postgres",
  );
}

export async function dropDatabase(administration: Administration, name: string): Promise<void> {
  await withConnection(administration, (client) => client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`), "postgres");
}

/**
 * Gives the service another database under the name that it knows. Its
 * sessions end; the service connects again by itself. The database from before
 * stays, under the name `kept`.
 *
 * @throws BackupError when it cannot: the service's database is then as it was,
 * or, where the connection broke, either that or switched
 */
export async function switchDatabase(administration: Administration, replacement: string, kept: string): Promise<void> {
  const { database } = administration.connection;
  // One message is one transaction, which Postgres ends even when nobody is there any more to hear of it: no Job that is
  // killed leaves the service without a database. The first name that changes also keeps new sessions waiting for the end.
  const statements = [
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (${pg.escapeLiteral(database)}, ${pg.escapeLiteral(replacement)})`,
    `ALTER DATABASE ${pg.escapeIdentifier(database)} RENAME TO ${pg.escapeIdentifier(kept)}`,
    `ALTER DATABASE ${pg.escapeIdentifier(replacement)} RENAME TO ${pg.escapeIdentifier(database)}`,
  ].join("; ");
  await withConnection(
    administration,
    async (client) => {
      // New sessions wait as long as this does.
      await client.query("SET lock_timeout = '5s'");
      const deadline = Date.now() + SESSIONS_END_MS;
      for (;;) {
        try {
          await client.query(statements);
          return;
        } catch (thrown) {
          if (isConnectionError(thrown)) throw new BackupError("failed", `The connection broke while the databases were switched (${messageOf(thrown)}). Where there is a database ${kept} by now, the backup is restored; else nothing was changed, and the restore can be run again.`, thrown);
          // A session that began between the first two statements: it is ended by the next attempt.
          if (fieldOf(thrown, "code") !== OBJECT_IN_USE || Date.now() > deadline) throw new BackupError("failed", `The restored database could not take the place of the service's, which goes on as it was: ${messageOf(thrown)}.`, thrown);
        }
      }
    },
    "postgres",
  );
}
