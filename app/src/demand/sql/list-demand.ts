import type { TenantDatabase } from "../../platform/db.ts";

/** What was asked for on one day. */
export interface DemandOfDay {
  date: string;
  facility: string;
  quantity: number;
}

/** Which days are wanted, both included as YYYY-MM-DD; undefined does not filter. */
export interface DemandFilter {
  readonly facility?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Before all days that can be stored. */
const FIRST_DAY = "1900-01-01";
const LAST_DAY = "9999-12-31";

const sql = `
  SELECT h.demand_date::text AS date, h.facility_id AS facility, h.quantity
  FROM demand_history h
  WHERE h.tenant_id = $1 AND h.material_id = (SELECT material_id FROM items WHERE tenant_id = $1 AND sku = $2)
    AND ($3::text IS NULL OR h.facility_id = $3)
    AND h.demand_date >= greatest($4::date, $6::date) AND h.demand_date <= $5::date
    AND (h.demand_date, h.facility_id) > ($6::date, $7)
  ORDER BY h.demand_date, h.facility_id
  LIMIT $8`;

/** The days with demand of an item after a position, oldest first (index idx_demand_history_material_date_range). */
export function listDemand(database: TenantDatabase, sku: string, { facility, from, to }: DemandFilter, [afterDate = FIRST_DAY, afterFacility = ""]: readonly string[], limit: number): Promise<DemandOfDay[]> {
  return database.read<DemandOfDay & Record<string, unknown>>("demand.list", sql, [database.tenant, sku, facility ?? null, from ?? FIRST_DAY, to ?? LAST_DAY, afterDate, afterFacility, limit]);
}
