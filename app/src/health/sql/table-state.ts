import type { Queryable } from "../../platform/db.ts";

/** What the service cannot work without; material_forecasts is a view, which others read. */
const neededTables = [
  ...["tenants", "users", "refresh_tokens", "service_tokens", "audit_log"],
  ...["items", "inventory", "inventory_transactions", "demand_history"],
  ...["forecast_runs", "forecast_batches", "forecasts", "material_forecasts", "forecast_models", "forecast_variants", "forecast_accuracy_metrics", "replenishment_suggestions"],
];

const sql = `
  SELECT
    (SELECT count(*)::int FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')) AS tables,
    ARRAY(SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass('public.' || quote_ident(name)) IS NULL) AS missing,
    ARRAY(
      SELECT c.relname::text
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'tenants'
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant_rows'))
      ORDER BY 1) AS unprotected`;

export interface TableState {
  tables: number;
  missing: string[];
  unprotected: string[];
}

/** Which needed tables are missing, and which tables with rows of tenants do not keep them apart (see isolate_tenants). */
export async function readTableState(database: Queryable): Promise<TableState> {
  const [state] = await database.query<TableState>("health.tables", sql, [neededTables]);
  return state ?? { tables: 0, missing: neededTables, unprotected: [] };
}
