import { parseSync } from "libpg-query";

/** A part of a parsed statement, as PostgreSQL names it. */
export type Node = Readonly<Record<string, unknown>>;

/** A statement: its only key says which one it is. */
export type Statement = Readonly<Record<string, Node | undefined>>;

/** The statements of a script, or why it is none; needs libpg-query's module to be loaded. */
export function parseStatements(sql: string): Statement[] | string {
  try {
    return (parseSync(sql) as unknown as { stmts?: { stmt: Statement }[] }).stmts?.map(({ stmt }) => stmt) ?? [];
  } catch (error) {
    return `it is not valid SQL: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The table that a statement is about, with its schema where it names one. */
export function relationOf(statement: Node): string {
  const { relname, schemaname } = (statement["relation"] ?? {}) as { readonly relname?: string; readonly schemaname?: string };
  return schemaname === undefined ? (relname ?? "") : `${schemaname}.${relname ?? ""}`;
}

/** The tables that a script makes: nobody uses them yet. */
export function createdTables(statements: readonly Statement[]): ReadonlySet<string> {
  return new Set(statements.flatMap(({ CreateStmt }) => (CreateStmt === undefined ? [] : [relationOf(CreateStmt)])));
}

/** The parts of an ALTER TABLE; the definition is that of a column or of a constraint. */
export function commandsOf(statement: Node): { readonly subtype: string; readonly name: string; readonly definition: Node }[] {
  const commands = (statement["cmds"] ?? []) as readonly { readonly AlterTableCmd: { readonly subtype: string; readonly name?: string; readonly def?: Readonly<Record<string, Node>> } }[];
  return commands.map(({ AlterTableCmd: { subtype, name, def } }) => ({ subtype, name: name ?? "", definition: Object.values(def ?? {})[0] ?? {} }));
}
