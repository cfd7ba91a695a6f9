import { neededIndexes } from "../../migrate/needed-indexes.ts";
import type { Queryable } from "../../platform/db.ts";

const sql = `
  SELECT
    (SELECT count(*)::int FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace) AS indexes,
    ARRAY(SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass('public.' || quote_ident(name)) IS NULL) AS missing,
    ARRAY(
      SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE c.relnamespace = 'public'::regnamespace AND NOT (i.indisvalid AND i.indisready) ORDER BY 1) AS invalid`;

export interface IndexState {
  indexes: number;
  missing: string[];
  invalid: string[];
}

/** Which needed indexes are missing, and which of all cannot be used. */
export async function readIndexState(database: Queryable): Promise<IndexState> {
  const names = neededIndexes.map(({ name }) => name);
  const [state] = await database.query<IndexState>("health.indexes", sql, [names]);
  return state ?? { indexes: 0, missing: names, invalid: [] };
}
