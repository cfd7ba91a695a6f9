import { MigrationError } from "./migration-error.ts";
import { compareVersions, type Migration } from "./migration-files.ts";

/** A row of schema_version that says success. */
export interface AppliedMigration {
  readonly version: string;
  readonly checksum: string;
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
