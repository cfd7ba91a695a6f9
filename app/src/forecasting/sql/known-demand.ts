import type { TenantDatabase } from "../../platform/db.ts";
import type { DemandPeriod, RecordedDemand } from "../demand-series.ts";

/** The end of idx_demand_history_newest. */
const newestSql = "SELECT max(demand_date)::text AS day FROM demand_history WHERE tenant_id = $1";

/** The newest day (YYYY-MM-DD) that the tenant recorded demand for; null before the first. */
export async function newestDemandDay(database: TenantDatabase): Promise<string | null> {
  const [row] = await database.read<{ day: string | null }>("demand.newest-day", newestSql, [database.tenant]);
  return row?.day ?? null;
}

const seriesSql = `
  SELECT i.demand_period AS period, coalesce(d.days, '{}') AS days, coalesce(d.quantities, '{}') AS quantities
  FROM items i
  LEFT JOIN LATERAL (
    SELECT array_agg(h.demand_date - DATE '1970-01-01' ORDER BY h.demand_date) AS days, array_agg(h.quantity ORDER BY h.demand_date) AS quantities
    FROM demand_history h
    WHERE h.tenant_id = $1 AND h.facility_id = $3 AND h.material_id = i.material_id AND h.demand_date < $4::date
  ) AS d ON true
  WHERE i.tenant_id = $1 AND i.sku = $2`;

/** The demand of an item at a facility before a day (YYYY-MM-DD); undefined when there is no such item. */
export async function demandBefore(database: TenantDatabase, sku: string, facility: string, before: string): Promise<(RecordedDemand & { period: DemandPeriod }) | undefined> {
  const [series] = await database.read<RecordedDemand & { period: DemandPeriod }>("demand.before", seriesSql, [database.tenant, sku, facility, before]);
  return series;
}
