import { compareVersions } from "@forecast-stack/migrations/migration-header.ts";
import { MigrationError } from "./migration-error.ts";
import type { Migration } from "./migration-files.ts";

/** A row of schema_version that says success. */
export interface AppliedMigration {
  readonly version: string;
  readonly checksum: string;
  /** Null when it was applied before undos were recorded. */
  readonly undoChecksum: string | null;
}

/**
 * Which migrations are still to be applied, oldest first. An older release may
 * find newer versions applied than it knows: it then has nothing to do.
 *
 * @throws MigrationError when an applied file has changed since, or when a
 * missing version is older than one that is applied
 */
export function planMigrations(known: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const checksums = new Map(applied.map((row) => [row.version, row.checksum]));
  const newest = applied.map((row) => row.version).sort(compareVersions).at(-1);
  return known.filter((migration) => {
    const checksum = checksums.get(migration.version);
    if (checksum === migration.checksum) return false;
    if (checksum !== undefined) throw new MigrationError(`${migration.file}: the file has changed since it was applied; write a new migration instead`);
    if (newest !== undefined && compareVersions(migration.version, newest) < 0) {
      throw new MigrationError(`${migration.file}: version ${newest} is applied already, and a migration cannot be slipped in before it`);
    }
    return true;
  });
}

/** What undoing takes, found out before anything is changed. */
export interface UndoOptions {
  /** The version to go back to, which stays applied; undefined: the newest migration alone is undone. */
  readonly to?: string;
  /** Also undo what deletes data. */
  readonly acceptDataLoss: boolean;
}

/**
 * Which migrations are to be undone, newest first.
 *
 * @throws MigrationError when none is applied, when the target is not, when a
 * file is not known here or was changed since, or when data would be lost and
 * nobody accepted it
 */
export function planUndo(known: readonly Migration[], applied: readonly AppliedMigration[], { to, acceptDataLoss }: UndoOptions): Migration[] {
  const newestFirst = applied.toSorted((a, b) => compareVersions(b.version, a.version));
  const [newest] = newestFirst;
  if (newest === undefined) throw new MigrationError("no migration is applied, so there is none to undo");
  if (to !== undefined && !applied.some(({ version }) => version === to)) throw new MigrationError(`version ${to} is not applied, so the schema cannot go back to it; applied are ${applied.map(({ version }) => version).join(", ")}`);
  const undone = to === undefined ? [newest] : newestFirst.filter(({ version }) => compareVersions(version, to) > 0);
  const migrations = undone.map(({ version, undoChecksum }) => {
    const migration = known.find((candidate) => candidate.version === version);
    if (migration === undefined) throw new MigrationError(`version ${version} is applied, but this release does not know how to undo it`);
    if (undoChecksum !== null && undoChecksum !== migration.undoChecksum) throw new MigrationError(`${migration.file}: its undo has changed since it was applied; use the release that applied it`);
    return migration;
  });
  const lossy = migrations.filter(({ lossless }) => !lossless);
  if (lossy.length > 0 && !acceptDataLoss) {
    throw new MigrationError(`undoing loses data, so it must be accepted (--accept-data-loss): ${lossy.map(({ version, loses }) => `${version}: ${loses}`).join(" ")}`);
  }
  return migrations;
}
