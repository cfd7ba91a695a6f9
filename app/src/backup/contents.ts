import type pg from "pg";

/** What a table holds, in a form that does not depend on the order of its rows. */
export interface TableContents {
  /** Quoted where needed, with its schema: `public.items`. */
  readonly table: string;
  readonly rows: number;
  /** Sum of the rows' hashes: differs when any value does. */
  readonly checksum: string;
}

/**
 * Tables that hold rows of their own, by name: of a partitioned one its
 * partitions. schema_version is left out: migrations make it.
 */
export async function listTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN ('public', 'pgboss') AND c.relname <> 'schema_version'
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')
    ORDER BY 1`);
  return rows.map(({ name }) => name);
}

/** The columns of a table that are stored, in order; generated ones are computed again. */
export async function listColumns(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
    [table],
  );
  return rows.map(({ name }) => name);
}

/**
 * Counts and sums up the rows of each table, as the session sees them. The
 * session needs to see all tenants' rows, as a superuser does.
 *
 * @param columnsOf the columns that count; all where it gives none
 */
export async function readContents(client: pg.Client, tables: readonly string[], columnsOf: (table: string) => readonly string[] | undefined = () => undefined): Promise<TableContents[]> {
  // The text of a time, a number or a byte string depends on these.
  await client.query("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'");
  const contents: TableContents[] = [];
  for (const table of tables) {
    const columns = columnsOf(table) ?? (await listColumns(client, table));
    const { rows } = await client.query<{ rows: string; checksum: string }>(`SELECT count(*)::text AS rows, coalesce(sum(hashtextextended(ROW(${columns.join(", ")})::text, 0)::numeric), 0)::text AS checksum FROM ONLY ${table}`);
    contents.push({ table, rows: Number(rows[0]?.rows), checksum: rows[0]?.checksum ?? "" });
  }
  return contents;
}
