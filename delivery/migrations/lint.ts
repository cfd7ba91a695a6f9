import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadModule, parseSync } from "libpg-query";
import { readMigrationHeader, readUndoHeader } from "@forecast-stack/migrations/migration-header.ts";

/** Something about a migration that would hurt a running service, or cannot be undone. */
export interface LintProblem {
  readonly file: string;
  readonly message: string;
}

type Node = Readonly<Record<string, unknown>>;

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
  const parsed = parse(sql);
  if (typeof parsed === "string") return [...problems, parsed];
  const created = new Set(parsed.flatMap(({ CreateStmt }) => (CreateStmt === undefined ? [] : [relationOf(CreateStmt)])));
  for (const statement of parsed) problems.push(...lockProblems(statement, created), ...(header?.kind === "expand" ? takings(statement, created) : []));
  return problems;
}

function lintUndo(file: string, sql: string, sources: MigrationSources): string[] {
  const problems = sources.has(`V${file.slice(1)}`) ? [] : ["there is no migration that it undoes"];
  const parsed = parse(sql);
  if (typeof parsed === "string") return [...problems, parsed];
  const loses = parsed.flatMap((statement) => [...takings(statement, new Set()), ...(statement["DeleteStmt"] !== undefined || statement["UpdateStmt"] !== undefined || statement["TruncateStmt"] !== undefined ? ["it changes or deletes rows"] : [])]);
  return readUndoHeader(sql).lossless && loses.length > 0 ? [...problems, `it says that it is lossless, but ${loses.join(", and ")}`] : problems;
}

/** The statements of a script, or why it is none. */
function parse(sql: string): Record<string, Node | undefined>[] | string {
  try {
    return (parseSync(sql) as unknown as { stmts?: { stmt: Record<string, Node | undefined> }[] }).stmts?.map(({ stmt }) => stmt) ?? [];
  } catch (error) {
    return `it is not valid SQL: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What keeps a running service out of a table for as long as it has many rows. */
function lockProblems(statement: Record<string, Node | undefined>, created: ReadonlySet<string>): string[] {
  const { IndexStmt, AlterTableStmt, LockStmt } = statement;
  if (IndexStmt?.["concurrent"] === true) return ["an index cannot be made concurrently here: a migration is one transaction"];
  if (LockStmt !== undefined) return ["it locks a table by name: no statement needs that"];
  if (AlterTableStmt === undefined || created.has(relationOf(AlterTableStmt))) return [];
  const table = relationOf(AlterTableStmt);
  return commandsOf(AlterTableStmt).flatMap(({ subtype, definition }) => {
    const constraints = (definition["constraints"] as readonly { readonly Constraint: Node }[] | undefined)?.map(({ Constraint }) => Constraint) ?? [];
    const has = (type: string) => constraints.some(({ contype }) => contype === type);
    switch (subtype) {
      case "AT_AddColumn":
        return has("CONSTR_NOTNULL") && !has("CONSTR_DEFAULT") && !has("CONSTR_IDENTITY") ? [`it adds a column that must have a value to ${table}, without a default: that fails as soon as there are rows`] : [];
      case "AT_AlterColumnType":
        return [`it changes the type of a column of ${table}, which rewrites the table under a lock: add a column, copy, and contract later`];
      case "AT_AddConstraint":
        return (definition["contype"] === "CONSTR_FOREIGN" || definition["contype"] === "CONSTR_CHECK") && definition["skip_validation"] !== true ? [`it checks all rows of ${table} under a lock: add the constraint NOT VALID and validate it in a later migration`] : [];
      default:
        return [];
    }
  });
}

/** What takes something away that is in use: an expanding migration does not. */
function takings(statement: Record<string, Node | undefined>, created: ReadonlySet<string>): string[] {
  const { DropStmt, RenameStmt, AlterTableStmt } = statement;
  if (DropStmt?.["removeType"] === "OBJECT_TABLE" || DropStmt?.["removeType"] === "OBJECT_SCHEMA" || DropStmt?.["removeType"] === "OBJECT_VIEW") return ["it drops a table, view or schema: that is a contract"];
  if (RenameStmt !== undefined && (RenameStmt["renameType"] === "OBJECT_TABLE" || RenameStmt["renameType"] === "OBJECT_COLUMN")) return ["it renames what releases know by its old name: that is a contract"];
  if (AlterTableStmt === undefined || created.has(relationOf(AlterTableStmt))) return [];
  return commandsOf(AlterTableStmt).flatMap(({ subtype, name }) => (subtype === "AT_DropColumn" ? [`it drops the column ${name} of ${relationOf(AlterTableStmt)}: that is a contract`] : []));
}

function relationOf(statement: Node): string {
  const { relname, schemaname } = (statement["relation"] ?? {}) as { readonly relname?: string; readonly schemaname?: string };
  return schemaname === undefined ? (relname ?? "") : `${schemaname}.${relname ?? ""}`;
}

function commandsOf(statement: Node): { readonly subtype: string; readonly name: string; readonly definition: Node }[] {
  const commands = (statement["cmds"] ?? []) as readonly { readonly AlterTableCmd: { readonly subtype: string; readonly name?: string; readonly def?: Readonly<Record<string, Node>> } }[];
  return commands.map(({ AlterTableCmd: { subtype, name, def } }) => ({ subtype, name: name ?? "", definition: Object.values(def ?? {})[0] ?? {} }));
}
