import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the program needs to know about the versioned SQL. */
export interface MigrationFiles {
  /** The newest version, such as `0.0.4`. */
  readonly newest: string;
  /** Every migration, oldest first, and whether it takes something away that an older release needs (contract). */
  readonly migrations: readonly { readonly version: string; readonly kind: "expand" | "contract" }[];
  /** Changes with every byte of every migration. */
  readonly digest: string;
}

/** Reads the migrations directory; throws when there is no migration in it. */
export function readMigrationFiles(directory: string): MigrationFiles {
  const files = readdirSync(directory).filter((file) => /^[VU][0-9.]+__.*\.sql$/.test(file)).sort();
  const migrations = files
    .filter((file) => file.startsWith("V"))
    .map((file) => ({ version: file.slice(1, file.indexOf("__")), kind: kindOf(readFileSync(join(directory, file), "utf8")) }))
    .sort((left, right) => byVersion(left.version, right.version));
  const newest = migrations.at(-1)?.version;
  if (newest === undefined) throw new Error(`${directory} holds no migration.`);
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update("\0").update(readFileSync(join(directory, file))).update("\0");
  return { newest, migrations, digest: hash.digest("hex") };
}

function kindOf(sql: string): "expand" | "contract" {
  return /^-- Kind: contract$/m.test(sql) ? "contract" : "expand";
}

/** Orders `0.0.9` before `0.0.10`. */
export function byVersion(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}

/** The name of the Job that brings a database to one state with one image: the same pair never runs twice. */
export function migrationJobName(image: string, digest: string): string {
  return `migrate-${createHash("sha256").update(image).update("\0").update(digest).digest("hex").slice(0, 12)}`;
}
