import type pg from "pg";

/** An index that the queries of every day rest on, as its migration made it. */
export interface NeededIndex {
  readonly name: string;
  /** What follows `CREATE INDEX name`. */
  readonly definition: string;
  /** One of the composite indexes of the forecasts, which DB_INDEX_FORECASTS_COMPOSITE is about. */
  readonly ofForecasts: boolean;
}

/** Indexes whose loss makes the service slow; the health job looks for them, and `migrate up` makes them again. */
export const neededIndexes: readonly NeededIndex[] = [
  { name: "idx_demand_history_material_date_range", definition: "ON public.demand_history USING btree (material_id, demand_date)", ofForecasts: false },
  { name: "idx_demand_history_newest", definition: "ON public.demand_history USING btree (tenant_id, demand_date)", ofForecasts: false },
  { name: "idx_forecast_accuracy_period", definition: "ON public.forecast_accuracy_metrics USING btree (tenant_id, material_id, measurement_period_end DESC)", ofForecasts: false },
  { name: "idx_forecast_runs_newest", definition: "ON public.forecast_runs USING btree (tenant_id, status, requested_at DESC)", ofForecasts: false },
  { name: "idx_forecasts_item_date", definition: "ON public.forecasts USING btree (tenant_id, sku, forecast_date DESC)", ofForecasts: true },
  { name: "idx_forecasts_run_sku", definition: "ON public.forecasts USING btree (run_id, sku, facility_id)", ofForecasts: true },
  { name: "idx_inventory_material", definition: "ON public.inventory USING btree (material_id)", ofForecasts: false },
  { name: "idx_material_forecasts_lookup", definition: "ON public.forecasts USING btree (tenant_id, facility_id, material_id, forecast_date DESC)", ofForecasts: true },
];

const stateSql = `
  SELECT c.relname AS name, i.indisvalid AND i.indisready AS usable
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1)`;

/**
 * Makes needed indexes that somebody dropped, and those that a broken build
 * left unusable, without holding up the service: each is built concurrently.
 * Indexes of tables that are not there are left out.
 *
 * @returns the names of those that were made
 */
export async function createMissingIndexes(client: pg.Client, { forecastsComposite }: { readonly forecastsComposite: boolean }): Promise<string[]> {
  const wanted = neededIndexes.filter(({ ofForecasts }) => forecastsComposite || !ofForecasts);
  const { rows } = await client.query<{ name: string; usable: boolean }>(stateSql, [wanted.map(({ name }) => name)]);
  const usable = new Map(rows.map((row) => [row.name, row.usable]));
  const created: string[] = [];
  for (const { name, definition } of wanted) {
    if (usable.get(name) === true || !(await tableExists(client, definition))) continue;
    if (usable.get(name) === false) await client.query(`DROP INDEX CONCURRENTLY public.${name}`);
    await client.query(`CREATE INDEX CONCURRENTLY ${name} ${definition}`);
    created.push(name);
  }
  return created;
}

async function tableExists(client: pg.Client, definition: string): Promise<boolean> {
  const table = definition.split(" ")[1];
  const { rows } = await client.query<{ exists: boolean }>("SELECT to_regclass($1) IS NOT NULL AS exists", [table]);
  return rows[0]?.exists === true;
}
