import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadModule } from "libpg-query";
import { compareVersions, readMigrationHeader, readUndoHeader } from "@forecast-stack/migrations/migration-header.ts";
import { columnConstraints, longLocks } from "./long-locks.ts";
import { commandsOf, createdTables, parseStatements, relationOf, type Statement } from "./statements.ts";

/** Something about a migration that would hurt a running service, or cannot be undone. */
export interface LintProblem {
  readonly file: string;
  readonly message: string;
}

/** Migrations up to this one are applied in databases, where their text can no longer change: long locks are looked for in newer ones. */
const NEWEST_APPLIED = "0.0.22";

/** Files as they are read from a directory, by name. */
export type MigrationSources = ReadonlyMap<string, string>;

export async function readSources(directory: string): Promise<MigrationSources> {
  const names = (await readdir(directory)).filter((name) => /^[VU].*\.sql$/.test(name)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), "utf8")] as const)));
}

/** Parses every file with PostgreSQL's own parser and says what is wrong with it. */
export async function lintMigrations(sources: MigrationSources): Promise<LintProblem[]> {
  await loadModule();
  return [...sources].flatMap(([file, sql]) => (file.startsWith("V") ? lintMigration(file, sql, sources) : lintUndo(file, sql, sources)).map((message) => ({ file, message })));
}

function lintMigration(file: string, sql: string, sources: MigrationSources): string[] {
  const header = readMigrationHeader(sql);
  const problems: string[] = [];
  if (header === undefined) problems.push('the header must say "-- Kind: expand" or "-- Kind: contract"');
  if (!sources.has(`U${file.slice(1)}`)) problems.push(`its undo U${file.slice(1)} is missing`);
  const statements = parseStatements(sql);
  if (typeof statements === "string") return [...problems, statements];
  const created = createdTables(statements);
  for (const statement of statements) problems.push(...failures(statement, created), ...(header?.kind === "expand" ? takings(statement, created) : []));
  return compareVersions(versionOf(file), NEWEST_APPLIED) > 0 ? [...problems, ...longLocks(sql, statements)] : problems;
}

function lintUndo(file: string, sql: string, sources: MigrationSources): string[] {
  const problems = sources.has(`V${file.slice(1)}`) ? [] : ["there is no migration that it undoes"];
  const parsed = parseStatements(sql);
  if (typeof parsed === "string") return [...problems, parsed];
  const loses = parsed.flatMap((statement) => [...takings(statement, new Set()), ...(statement["DeleteStmt"] !== undefined || statement["UpdateStmt"] !== undefined || statement["TruncateStmt"] !== undefined ? ["it changes or deletes rows"] : [])]);
  return readUndoHeader(sql).lossless && loses.length > 0 ? [...problems, `it says that it is lossless, but ${loses.join(", and ")}`] : problems;
}

function versionOf(file: string): string {
  return file.slice(1, file.indexOf("__"));
}

/** What fails in a database with rows, or has no use. */
function failures({ IndexStmt, LockStmt, AlterTableStmt }: Statement, created: ReadonlySet<string>): string[] {
  if (IndexStmt?.["concurrent"] === true) return ["an index cannot be made concurrently here: a migration is one transaction"];
  if (LockStmt !== undefined) return ["it locks a table by name: no statement needs that"];
  if (AlterTableStmt === undefined || created.has(relationOf(AlterTableStmt))) return [];
  return commandsOf(AlterTableStmt).flatMap(({ subtype, definition }) => {
    const has = (type: string) => columnConstraints(definition).some(({ contype }) => contype === type);
    const required = subtype === "AT_AddColumn" && has("CONSTR_NOTNULL") && !has("CONSTR_DEFAULT") && !has("CONSTR_IDENTITY");
    return required ? [`it adds a column that must have a value to ${relationOf(AlterTableStmt)}, without a default: that fails as soon as there are rows`] : [];
  });
}

/** What takes something away that is in use: an expanding migration does not. */
function takings(statement: Statement, created: ReadonlySet<string>): string[] {
  const { DropStmt, RenameStmt, AlterTableStmt } = statement;
  if (DropStmt?.["removeType"] === "OBJECT_TABLE" || DropStmt?.["removeType"] === "OBJECT_SCHEMA" || DropStmt?.["removeType"] === "OBJECT_VIEW") return ["it drops a table, view or schema: that is a contract"];
  if (RenameStmt !== undefined && (RenameStmt["renameType"] === "OBJECT_TABLE" || RenameStmt["renameType"] === "OBJECT_COLUMN")) return ["it renames what releases know by its old name: that is a contract"];
  if (AlterTableStmt === undefined || created.has(relationOf(AlterTableStmt))) return [];
  return commandsOf(AlterTableStmt).flatMap(({ subtype, name }) => (subtype === "AT_DropColumn" ? [`it drops the column ${name} of ${relationOf(AlterTableStmt)}: that is a contract`] : []));
}
