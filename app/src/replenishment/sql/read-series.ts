import type { DemandPeriod } from "../../forecasting/demand-series.ts";
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
  readonly days: readonly number[];
  readonly quantities: readonly number[];
}

/**
 * Like a forecast run, an item is replenished at every facility that stocks it.
 * One row comes back for each, its days aggregated from the primary key of
 * demand_history in their order.
 */
const seriesOf = (page: string) => `
  SELECT i.material_id AS "materialId", i.sku, v.facility_id AS facility, i.demand_period AS period, i.supplier,
         i.unit_cost AS "unitCost", i.ordering_cost AS "orderingCost", i.holding_cost_rate AS "holdingCostRate", i.lead_time_days AS "leadTimeDays", i.lead_time_std_days AS "leadTimeStdDays",
         i.minimum_order_quantity AS "minimumOrderQuantity", i.pack_size AS "packSize", i.service_level AS "serviceLevel",
         v.quantity_on_hand AS "onHand", v.quantity_on_order AS "onOrder", v.quantity_allocated AS allocated,
         coalesce(d.days, '{}') AS days, coalesce(d.quantities, '{}') AS quantities
  FROM (${page}) AS v
  JOIN items i USING (material_id)
  LEFT JOIN LATERAL (
    SELECT array_agg(h.demand_date - DATE '1970-01-01' ORDER BY h.demand_date) AS days, array_agg(h.quantity ORDER BY h.demand_date) AS quantities
    FROM demand_history h
    WHERE h.tenant_id = $1 AND h.facility_id = v.facility_id AND h.material_id = v.material_id
      AND (i.demand_period <> 'day' OR h.demand_date > $2::date - $3::int)
  ) AS d ON true
  ORDER BY i.sku, v.facility_id`;

const pageSql = seriesOf(`
  SELECT s.* FROM inventory s JOIN items known USING (material_id)
  WHERE s.tenant_id = $1 AND known.tenant_id = $1 AND known.active AND (known.sku, s.facility_id) > ($4, $5)
  ORDER BY known.sku, s.facility_id
  LIMIT $6`);

type Row = StockedSeries & Record<string, unknown>;

/** How far back demand is read, from which day (YYYY-MM-DD). */
export interface HistoryWindow {
  readonly asOf: string;
  readonly days: number;
}

/** The items in use after (`afterSku`, `afterFacility`) in the order of skus and facilities. */
export function readSeries(transaction: Queryable, tenant: string, { asOf, days }: HistoryWindow, [afterSku, afterFacility]: readonly [string, string], limit: number): Promise<StockedSeries[]> {
  return transaction.query<Row>("replenishment.read", pageSql, [tenant, asOf, days, afterSku, afterFacility, limit]);
}

const oneSql = seriesOf("SELECT s.* FROM inventory s WHERE s.tenant_id = $1 AND s.facility_id = $5 AND s.material_id = (SELECT material_id FROM items WHERE tenant_id = $1 AND sku = $4)");

/** One item at one facility; undefined when it is not stocked there. */
export async function readOneSeries(database: Queryable, tenant: string, { asOf, days }: HistoryWindow, sku: string, facility: string): Promise<StockedSeries | undefined> {
  const [series] = await database.query<Row>("replenishment.read-one", oneSql, [tenant, asOf, days, sku, facility]);
  return series;
}
