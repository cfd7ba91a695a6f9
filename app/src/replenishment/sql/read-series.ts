import { type DemandPeriod, HISTORY_PERIODS } from "../../forecasting/demand-series.ts";
import type { Queryable } from "../../platform/db.ts";
import type { ItemTerms } from "../replenishment-policy.ts";

/** An item at a facility with all that its replenishment is computed from; days count from 1970-01-01. */
export interface StockedSeries extends ItemTerms {
  readonly materialId: string;
  readonly sku: string;
  readonly facility: string;
  readonly period: DemandPeriod;
  readonly supplier: string | null;
  readonly onHand: number;
  readonly onOrder: number;
  readonly allocated: number;
  /** The day (YYYY-MM-DD) up to which demand is known. */
  readonly asOf: string;
  readonly days: readonly number[];
  readonly quantities: readonly number[];
}

/**
 * Like a forecast run, an item is replenished at every facility that stocks it.
 * One row comes back for each, its days aggregated from the primary key of
 * demand_history in their order, as far back as daily demand counts ($2 days).
 * Demand is known until its newest day, or until today before there is any.
 */
const seriesOf = (page: string) => `
  WITH known AS (SELECT coalesce(max(demand_date), (now() AT TIME ZONE 'UTC')::date) AS until FROM demand_history WHERE tenant_id = $1)
  SELECT i.material_id AS "materialId", i.sku, v.facility_id AS facility, i.demand_period AS period, i.supplier,
         i.unit_cost AS "unitCost", i.ordering_cost AS "orderingCost", i.holding_cost_rate AS "holdingCostRate", i.lead_time_days AS "leadTimeDays", i.lead_time_std_days AS "leadTimeStdDays",
         i.minimum_order_quantity AS "minimumOrderQuantity", i.pack_size AS "packSize", i.service_level AS "serviceLevel",
         v.quantity_on_hand AS "onHand", v.quantity_on_order AS "onOrder", v.quantity_allocated AS allocated, known.until::text AS "asOf",
         coalesce(d.days, '{}') AS days, coalesce(d.quantities, '{}') AS quantities
  FROM known
  CROSS JOIN (${page}) AS v
  JOIN items i USING (material_id)
  LEFT JOIN LATERAL (
    SELECT array_agg(h.demand_date - DATE '1970-01-01' ORDER BY h.demand_date) AS days, array_agg(h.quantity ORDER BY h.demand_date) AS quantities
    FROM demand_history h
    WHERE h.tenant_id = $1 AND h.facility_id = v.facility_id AND h.material_id = v.material_id
      AND h.demand_date > CASE i.demand_period WHEN 'day' THEN known.until - $2::int ELSE '-infinity' END
  ) AS d ON true
  ORDER BY i.sku, v.facility_id`;

const pageSql = seriesOf(`
  SELECT s.* FROM inventory s JOIN items page USING (material_id)
  WHERE s.tenant_id = $1 AND page.tenant_id = $1 AND page.active AND (page.sku, s.facility_id) > ($3, $4)
  ORDER BY page.sku, s.facility_id
  LIMIT $5`);

type Row = StockedSeries & Record<string, unknown>;

/** The items in use after (`afterSku`, `afterFacility`) in the order of skus and facilities. */
export function readSeries(transaction: Queryable, tenant: string, [afterSku, afterFacility]: readonly [string, string], limit: number): Promise<StockedSeries[]> {
  return transaction.query<Row>("replenishment.read", pageSql, [tenant, HISTORY_PERIODS, afterSku, afterFacility, limit]);
}

const oneSql = seriesOf("SELECT s.* FROM inventory s WHERE s.tenant_id = $1 AND s.facility_id = $4 AND s.material_id = (SELECT material_id FROM items WHERE tenant_id = $1 AND sku = $3)");

/** One item at one facility; undefined when it is not stocked there. */
export async function readOneSeries(database: Queryable, tenant: string, sku: string, facility: string): Promise<StockedSeries | undefined> {
  const [series] = await database.query<Row>("replenishment.read-one", oneSql, [tenant, HISTORY_PERIODS, sku, facility]);
  return series;
}
