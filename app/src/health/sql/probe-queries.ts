import type { TenantDatabase } from "../../platform/db.ts";

const demandSql = `
  SELECT demand_date, quantity
  FROM demand_history
  WHERE material_id = (SELECT material_id FROM items WHERE tenant_id = $1 ORDER BY sku LIMIT 1)
  ORDER BY demand_date DESC
  LIMIT 365`;

const forecastsSql = `
  SELECT sku, point
  FROM forecasts
  WHERE run_id = (SELECT run_id FROM forecast_runs WHERE tenant_id = $1 AND status = 'completed' ORDER BY requested_at DESC LIMIT 1)
  ORDER BY sku, facility_id
  LIMIT 50`;

/** Milliseconds that the two questions which are asked most take: a year of an item's demand, and a page of forecasts. */
export async function timeQueries(database: TenantDatabase): Promise<{ demandMs: number; forecastsMs: number }> {
  const demandMs = await timed(() => database.query("health.probe-demand", demandSql, [database.tenant]));
  const forecastsMs = await timed(() => database.query("health.probe-forecasts", forecastsSql, [database.tenant]));
  return { demandMs, forecastsMs };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
