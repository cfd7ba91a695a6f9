import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { compareVersions, type MigrationHeader, readMigrationHeader, readUndoHeader, type UndoHeader } from "@forecast-stack/migrations/migration-header.ts";
import { MigrationError } from "./migration-error.ts";

/** One versioned change of the schema, with its way back. */
export interface Migration extends MigrationHeader, UndoHeader {
  /** For example `0.0.3`. */
  readonly version: string;
  /** The words of the file name, for example `create forecasts`. */
  readonly description: string;
  /** The file's name, for messages. */
  readonly file: string;
  readonly sql: string;
  readonly undoSql: string;
  /** SHA-256 of the SQL, in hex: a file that was applied must not change. */
  readonly checksum: string;
  /** The same of the undo. */
  readonly undoChecksum: string;
}

const fileName = /^(?<type>[VU])(?<version>\d+(?:\.\d+)*)__(?<words>[a-z0-9_]+)\.sql$/;

/**
 * Reads `V<version>__<words>.sql` and their `U...` undo files from `directory`,
 * oldest version first.
 *
 * @throws MigrationError naming the file when a name or header is malformed, a
 * version exists twice or an undo is missing
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql") && name !== "schema.sql");
  const undoNames = new Set(names.filter((name) => name.startsWith("U")));
  const migrations: Migration[] = [];
  for (const name of names) {
    const groups = fileName.exec(name)?.groups;
    if (groups === undefined) throw new MigrationError(`${name}: a migration is named V<version>__<words>.sql or U<version>__<words>.sql`);
    if (groups["type"] === "U") continue;
    const undoName = `U${name.slice(1)}`;
    if (!undoNames.delete(undoName)) throw new MigrationError(`${name}: its undo ${undoName} is missing`);
    const sql = await readFile(join(directory, name), "utf8");
    const header = readMigrationHeader(sql);
    if (header === undefined) throw new MigrationError(`${name}: the header must say "-- Kind: expand" or "-- Kind: contract"`);
    const undoSql = await readFile(join(directory, undoName), "utf8");
    migrations.push({
      ...header,
      ...readUndoHeader(undoSql),
      version: groups["version"] ?? "",
      description: (groups["words"] ?? "").replaceAll("_", " "),
      file: name,
      sql,
      undoSql,
      checksum: sha256(sql),
      undoChecksum: sha256(undoSql),
    });
  }
  const [stray] = undoNames;
  if (stray !== undefined) throw new MigrationError(`${stray}: there is no migration that it undoes`);
  migrations.sort((a, b) => compareVersions(a.version, b.version));
  const twice = migrations.find((migration, index) => migration.version === migrations[index - 1]?.version);
  if (twice !== undefined) throw new MigrationError(`${twice.file}: version ${twice.version} exists twice`);
  return migrations;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
