import { createHash } from "node:crypto";
import type { LintProblem, MigrationSources } from "./lint.ts";
import type { RecordedMigration } from "./recorded-migrations.ts";

/** Files that are not what some recorded release applied: databases exist that were made with the old text. */
export function editedMigrations(sources: MigrationSources, recorded: readonly RecordedMigration[]): LintProblem[] {
  return [...sources].flatMap(([file, sql]) => {
    const version = file.slice(1, file.indexOf("__"));
    const known = recorded.filter((migration) => migration.version === version).map(({ checksum, undoChecksum }) => (file.startsWith("V") ? checksum : undoChecksum));
    const now = createHash("sha256").update(sql).digest("hex");
    return known.some((checksum) => checksum !== "" && checksum !== now) ? [{ file, message: "it was edited after a release applied it: write a new migration instead" }] : [];
  });
}
