import { commandsOf, createdTables, type Node, relationOf, type Statement } from "./statements.ts";

/** Something that keeps the service out of a table for as long as it has many rows. */
interface LongLock {
  readonly table: string;
  readonly why: string;
}

/** Functions that give the same value for every row of a statement: as a default they are not stored row by row. */
const stableFunctions: ReadonlySet<string> = new Set(["now", "transaction_timestamp", "statement_timestamp"]);
const serialTypes: ReadonlySet<string> = new Set(["smallserial", "serial", "bigserial", "serial2", "serial4", "serial8"]);

/**
 * What holds a lock for long on a table that is in use. A migration is one
 * transaction, so that there is no way around some of them: a line
 *
 *   -- Lint: allow long locks on items because it has few rows.
 *
 * lets those on that table pass.
 */
export function longLocks(sql: string, statements: readonly Statement[]): string[] {
  const created = createdTables(statements);
  const found = statements.flatMap((statement, index) => {
    const table = tableOf(statement);
    return created.has(table) ? [] : reasons(statement, table, validatedBefore(statements.slice(0, index))).map((why): LongLock => ({ table, why }));
  });
  const allowed = [...sql.matchAll(/^-- Lint: allow long locks on (\S+) because \S.*$/gm)].map(([, table = ""]) => table);
  return [
    ...found.filter(({ table }) => !allowed.includes(table)).map(({ why }) => why),
    ...allowed.filter((table) => !found.some((lock) => lock.table === table)).map((table) => `it allows long locks on ${table}, where it holds none`),
  ];
}

function tableOf({ IndexStmt, UpdateStmt, AlterTableStmt }: Statement): string {
  return relationOf(IndexStmt ?? UpdateStmt ?? AlterTableStmt ?? {});
}

function reasons({ IndexStmt, UpdateStmt, AlterTableStmt }: Statement, table: string, validated: ReadonlySet<string>): string[] {
  if (IndexStmt !== undefined) return IndexStmt["concurrent"] === true ? [] : [`it makes an index on ${table}, which nobody can write to until that is done: say why that may be (docs/migrations.md)`];
  if (UpdateStmt !== undefined) return UpdateStmt["whereClause"] === undefined ? [`it changes every row of ${table} at once, and holds them all: change them in parts, or let the service do it`] : [];
  return commandsOf(AlterTableStmt ?? {}).flatMap(({ subtype, name, definition }) => {
    switch (subtype) {
      case "AT_AddColumn":
        return reasonsOfColumn(definition, table);
      case "AT_AlterColumnType":
        return [`it changes the type of a column of ${table}, which rewrites the table under a lock: add a column, copy, and contract later`];
      case "AT_AddConstraint":
        return reasonsOfConstraint(definition, table);
      case "AT_SetNotNull":
        return validated.has(table) ? [] : [`it looks for an empty ${name} in all rows of ${table} under a lock: add CHECK (${name} IS NOT NULL) NOT VALID, and validate that in a later migration, before SET NOT NULL`];
      default:
        return [];
    }
  });
}

function reasonsOfConstraint({ contype, indexname, skip_validation: notValid }: Node, table: string): string[] {
  switch (contype) {
    case "CONSTR_FOREIGN":
    case "CONSTR_CHECK":
      return notValid === true ? [] : [`it checks all rows of ${table} under a lock: add the constraint NOT VALID and validate it in a later migration`];
    case "CONSTR_UNIQUE":
    case "CONSTR_PRIMARY":
    case "CONSTR_EXCLUSION":
      return indexname === undefined ? [`it makes the index of a constraint of ${table}, which nobody can use until that is done: say why that may be (docs/migrations.md)`] : [];
    default:
      return [];
  }
}

/** A new column is only noted, unless each row gets a value of its own or is looked at. A reference of an empty column is not looked at. */
function reasonsOfColumn(column: Node, table: string): string[] {
  const constraints = columnConstraints(column);
  const ownValues = serialTypes.has(typeOf(column)) || constraints.some(({ contype, raw_expr: value }) => contype === "CONSTR_IDENTITY" || contype === "CONSTR_GENERATED" || (contype === "CONSTR_DEFAULT" && callsVolatile(value)));
  if (ownValues) return [`it adds a column with a value of its own for each row to ${table}, which rewrites the table under a lock: add it without, and fill it in parts`];
  return constraints.filter(({ contype }) => contype !== "CONSTR_FOREIGN").flatMap((constraint) => reasonsOfConstraint(constraint, table));
}

/** The constraints and the default of a column. */
export function columnConstraints(column: Node): Node[] {
  return ((column["constraints"] ?? []) as readonly { readonly Constraint: Node }[]).map(({ Constraint }) => Constraint);
}

/** Whether an expression calls a function that may give each row another value. */
function callsVolatile(expression: unknown): boolean {
  if (typeof expression !== "object" || expression === null) return false;
  const { funcname } = ((expression as Node)["FuncCall"] ?? {}) as { readonly funcname?: readonly { readonly String: { readonly sval: string } }[] };
  if (funcname !== undefined && !stableFunctions.has(funcname.at(-1)?.String.sval ?? "")) return true;
  return Object.values(expression).some(callsVolatile);
}

function typeOf(column: Node): string {
  const { names = [] } = (column["typeName"] ?? {}) as { readonly names?: readonly { readonly String: { readonly sval: string } }[] };
  return names.at(-1)?.String.sval ?? "";
}

/** Tables of which a constraint was validated before: that lets others in meanwhile, and SET NOT NULL need not look again. */
function validatedBefore(statements: readonly Statement[]): ReadonlySet<string> {
  return new Set(statements.flatMap(({ AlterTableStmt }) => (AlterTableStmt !== undefined && commandsOf(AlterTableStmt).some(({ subtype }) => subtype === "AT_ValidateConstraint") ? [relationOf(AlterTableStmt)] : [])));
}
