import { compareVersions } from "@forecast-stack/migrations/migration-header.ts";
import pg from "pg";
import { fieldOf, messageOf } from "../platform/thrown.ts";
import { createMissingIndexes } from "./needed-indexes.ts";
import { MigrationError } from "./migration-error.ts";
import { type Migration, readMigrations } from "./migration-files.ts";
import { type AppliedMigration, planMigrations, planUndo, type UndoOptions } from "./migration-plan.ts";

/** What was done to the schema, one record per migration. */
export interface MigrationReport {
  readonly action: "applied" | "undone";
  readonly version: string;
  readonly description: string;
  readonly kind: Migration["kind"];
  readonly executionTimeMs: number;
}

export interface MigrateOptions {
  readonly connection: pg.ClientConfig;
  /** The folder with the SQL files. */
  readonly directory: string;
  readonly onReport: (report: MigrationReport) => void;
  /** How long to wait for a database that does not answer yet, in milliseconds. */
  readonly connectTimeoutMs: number;
}

/** A migration gives up when it cannot get its locks in this time, so that it never queues up the service behind it. */
const LOCK_TIMEOUT = "10s";
/** Two deployments at once: the second waits for the first to finish. */
const TURN_TIMEOUT = "5min";
/** Key of the advisory lock; any constant that nobody else uses. */
const LOCK_KEY = 4_270_219;

const schemaVersionTable = `
  CREATE TABLE IF NOT EXISTS schema_version (
    installed_rank    integer     PRIMARY KEY,
    version           text        NOT NULL,
    description       text        NOT NULL,
    checksum          text        NOT NULL,
    installed_by      text        NOT NULL DEFAULT current_user,
    installed_on      timestamptz NOT NULL DEFAULT now(),
    execution_time_ms integer     NOT NULL,
    success           boolean     NOT NULL
  );
  ALTER TABLE schema_version ADD COLUMN IF NOT EXISTS undo_checksum text;
  ALTER TABLE schema_version ADD COLUMN IF NOT EXISTS kind text;
  ALTER TABLE schema_version ADD COLUMN IF NOT EXISTS after_version text`;

/**
 * Brings the schema to the newest version, or to `to`, each migration in a
 * transaction of its own. A failure leaves the schema at the last good version and a row in
 * schema_version with success = false.
 *
 * @throws MigrationError naming the migration and PostgreSQL's message
 */
export async function migrateUp(options: MigrateOptions, to?: string): Promise<void> {
  const all = await readMigrations(options.directory);
  const known = to === undefined ? all : all.filter(({ version }) => compareVersions(version, to) <= 0);
  await withSchemaLock(options, async (client) => {
    await client.query(schemaVersionTable);
    for (const migration of planMigrations(known, await appliedMigrations(client))) {
      options.onReport(await change(client, migration, "applied"));
    }
  });
}

/**
 * Undoes the newest migration, or all that are newer than a version, newest
 * first; each in a transaction of its own.
 *
 * @throws MigrationError before anything is changed when planUndo says so; else
 * naming the undo that failed, with those after it still applied
 */
export async function migrateUndo(options: MigrateOptions, undo: UndoOptions): Promise<void> {
  const known = await readMigrations(options.directory);
  await withSchemaLock(options, async (client) => {
    await client.query(schemaVersionTable);
    for (const migration of planUndo(known, await appliedMigrations(client), undo)) options.onReport(await change(client, migration, "undone"));
  });
}

/**
 * Makes needed indexes that were lost, one after the other and without holding
 * up the service; gives their names.
 *
 * @throws MigrationError with PostgreSQL's message
 */
export async function repairIndexes(options: Pick<MigrateOptions, "connection" | "connectTimeoutMs">, which: { readonly forecastsComposite: boolean }): Promise<string[]> {
  let created: string[] = [];
  await withSchemaLock(options, async (client) => {
    created = await createMissingIndexes(client, which).catch((error: unknown) => {
      throw new MigrationError(`A lost index could not be made again: ${messageOf(error)}`, { cause: error });
    });
  });
  return created;
}

/** One migration as `migrate status` shows it. */
export interface MigrationStatus {
  readonly version: string;
  readonly description: string;
  readonly kind: Migration["kind"];
  readonly lossless: boolean;
  /** What its undo loses; empty when nothing. */
  readonly loses: string;
  /** unknown: applied by a newer release than this one; changed: not what this release holds. */
  readonly state: "applied" | "pending" | "changed" | "unknown";
}

/** Compares the schema with the files of this release; changes nothing. */
export async function migrationStatus(options: MigrateOptions): Promise<MigrationStatus[]> {
  const known = await readMigrations(options.directory);
  const client = await connect(options);
  try {
    const { rows } = await client.query<{ exists: boolean }>("SELECT to_regclass('schema_version') IS NOT NULL AS exists");
    const applied = new Map((rows[0]?.exists === true ? await appliedMigrations(client) : []).map((row) => [row.version, row]));
    const here = known.map(({ version, description, kind, lossless, loses, checksum, undoChecksum }): MigrationStatus => {
      const row = applied.get(version);
      applied.delete(version);
      const changed = row !== undefined && (row.checksum !== checksum || (row.undoChecksum ?? undoChecksum) !== undoChecksum);
      return { version, description, kind, lossless, loses, state: row === undefined ? "pending" : changed ? "changed" : "applied" };
    });
    return [...here, ...[...applied.keys()].map((version): MigrationStatus => ({ version, description: "", kind: "expand", lossless: false, loses: "not known to this release", state: "unknown" }))];
  } finally {
    await client.end();
  }
}

async function appliedMigrations(client: pg.Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(`
    SELECT v.version, v.checksum, to_jsonb(v) ->> 'undo_checksum' AS "undoChecksum"
    FROM schema_version v WHERE success ORDER BY installed_rank`);
  return rows;
}

async function change(client: pg.Client, migration: Migration, action: MigrationReport["action"]): Promise<MigrationReport> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  try {
    await client.query("BEGIN");
    await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query(action === "applied" ? migration.sql : migration.undoSql);
    await client.query("DELETE FROM schema_version WHERE version = $1", [migration.version]);
    if (action === "applied") await record(client, migration, elapsed(), true);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    if (action === "applied") {
      await client.query("DELETE FROM schema_version WHERE version = $1", [migration.version]);
      await record(client, migration, elapsed(), false);
    }
    throw new MigrationError(`${migration.file} was not ${action}: ${sqlMessage(error, action === "applied" ? migration.sql : migration.undoSql)}`, { cause: error });
  }
  const { version, description, kind } = migration;
  return { action, version, description, kind, executionTimeMs: elapsed() };
}

async function record(client: pg.Client, migration: Migration, executionTimeMs: number, success: boolean): Promise<void> {
  await client.query(
    `INSERT INTO schema_version (installed_rank, version, description, checksum, undo_checksum, kind, after_version, execution_time_ms, success)
     SELECT coalesce(max(installed_rank), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 FROM schema_version`,
    [migration.version, migration.description, migration.checksum, migration.undoChecksum, migration.kind, migration.after, executionTimeMs, success],
  );
}

function sqlMessage(error: unknown, sql: string): string {
  if (!(error instanceof pg.DatabaseError)) return messageOf(error);
  const line = error.position === undefined ? undefined : sql.slice(0, Number(error.position)).split("\n").length;
  const parts = [`${error.severity ?? "ERROR"}: ${error.message} (SQLSTATE ${error.code ?? "unknown"})`, error.detail, error.hint, line === undefined ? undefined : `line ${line}`];
  return parts.filter((part) => part !== undefined).join("; ");
}

async function withSchemaLock(options: Pick<MigrateOptions, "connection" | "connectTimeoutMs">, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = await connect(options);
  try {
    await client.query(`SET lock_timeout = '${TURN_TIMEOUT}'`);
    await client.query("SELECT pg_advisory_lock($1)", [LOCK_KEY]);
    await work(client);
  } finally {
    // Closing the session gives the lock back, also when the work failed in the middle.
    await client.end();
  }
}

async function connect(options: Pick<MigrateOptions, "connection" | "connectTimeoutMs">): Promise<pg.Client> {
  const deadline = Date.now() + options.connectTimeoutMs;
  for (;;) {
    const client = new pg.Client({ ...options.connection, application_name: "forecast-migrate" });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!isNotYetUp(error) || Date.now() > deadline) {
        const { host, port, database, user } = options.connection;
        throw new MigrationError(`cannot connect to ${database ?? ""} at ${host ?? ""}:${String(port)} as ${user ?? ""}: ${messageOf(error)}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Nobody listens there yet, the name is not known yet, or the server says that it is starting up (57P03). */
function isNotYetUp(error: unknown): boolean {
  const code = fieldOf(error, "code");
  return code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "57P03";
}
