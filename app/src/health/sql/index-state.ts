import type { Queryable } from "../../platform/db.ts";

/** Indexes that the queries of every day rest on. */
const neededIndexes = ["idx_demand_history_material_date_range", "idx_forecasts_item_date", "idx_forecasts_run_sku", "idx_forecast_runs_newest", "idx_inventory_material"];

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
  const [state] = await database.query<IndexState>("health.indexes", sql, [neededIndexes]);
  return state ?? { indexes: 0, missing: neededIndexes, invalid: [] };
}
