import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareVersions, readMigrationHeader, readUndoHeader } from "@forecast-stack/migrations/migration-header.ts";

/** What the program needs to know about the versioned SQL. */
export interface MigrationFiles {
  /** The newest version, such as `0.0.4`. */
  readonly newest: string;
  /** Every migration, oldest first. */
  readonly migrations: readonly RecordedMigration[];
  /** Changes with every byte of every migration. */
  readonly digest: string;
}

/** What a release records of a migration, so that going back and editing can be judged later. */
export interface RecordedMigration {
  readonly version: string;
  /** contract: it takes something away that an older release needs. */
  readonly kind: "expand" | "contract";
  /** Of a contract: since which version releases no longer need that; null: none does but those that know it. */
  readonly after: string | null;
  /** Whether its undo keeps all data, and what it loses if not. */
  readonly lossless: boolean;
  readonly loses: string;
  /** SHA-256 of its SQL and of its undo's, in hex. */
  readonly checksum: string;
  readonly undoChecksum: string;
}

/** Reads the migrations directory; throws when there is no migration in it. */
export function readMigrationFiles(directory: string): MigrationFiles {
  const files = readdirSync(directory).filter((file) => /^[VU][0-9.]+__.*\.sql$/.test(file)).sort();
  const migrations = files
    .filter((file) => file.startsWith("V"))
    .map((file) => recorded(file, readFileSync(join(directory, file), "utf8"), readFileSync(join(directory, `U${file.slice(1)}`), "utf8")))
    .sort((left, right) => compareVersions(left.version, right.version));
  const newest = migrations.at(-1)?.version;
  if (newest === undefined) throw new Error(`${directory} holds no migration.`);
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update("\0").update(readFileSync(join(directory, file))).update("\0");
  return { newest, migrations, digest: hash.digest("hex") };
}

function recorded(file: string, sql: string, undoSql: string): RecordedMigration {
  const { kind, after } = readMigrationHeader(sql) ?? { kind: "expand", after: null };
  return { version: file.slice(1, file.indexOf("__")), kind, after, ...readUndoHeader(undoSql), checksum: sha256(sql), undoChecksum: sha256(undoSql) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The name of the Job that brings a database to one state with one image: the
 * same pair never runs twice. A Job cannot be changed, so whatever else it is
 * made of (`settings`) is in its name too: a rollback then finds the one of that
 * time, finished, and its source has nothing left to do.
 */
export function migrationJobName(image: string, digest: string, settings: readonly unknown[]): string {
  return `migrate-${sha256([image, digest, JSON.stringify(settings)].join("\0")).slice(0, 12)}`;
}
