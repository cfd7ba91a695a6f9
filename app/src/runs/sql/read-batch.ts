import type { DemandPeriod } from "../../forecasting/demand-series.ts";
import type { EarlierSelection } from "../../forecasting/item-forecast.ts";
import type { TenantDatabase } from "../../platform/db.ts";

/** One item of a batch with its recorded demand; days count from 1970-01-01. */
export interface BatchItem {
  materialId: string;
  facility: string;
  sku: string;
  period: DemandPeriod;
  days: number[];
  quantities: number[];
  /** The selection that an earlier run made; null when there is none, or the run selects anew. */
  earlier: EarlierSelection | null;
}

export interface Batch {
  readonly done: boolean;
  /** The newest day of which demand is known. */
  readonly asOf: number;
  readonly batchesTotal: number;
  readonly items: readonly BatchItem[];
}

/**
 * One query for the whole batch: the primary key of demand_history gives each
 * item's days in order, and one row per item comes back instead of one per day.
 * The lower bound of days keeps the read short; months need all of them.
 */
const sql = `
  SELECT b.status = 'done' AS done, r.as_of - DATE '1970-01-01' AS "asOf", r.batches_total AS "batchesTotal",
         i.material_id AS "materialId", m.facility_id AS facility, i.sku, i.demand_period AS period,
         coalesce(d.days, '{}') AS days, coalesce(d.quantities, '{}') AS quantities,
         s.selection AS earlier
  FROM forecast_batches b
  JOIN forecast_runs r USING (run_id)
  CROSS JOIN unnest(b.material_ids, b.facility_ids) WITH ORDINALITY AS m (material_id, facility_id, position)
  JOIN items i USING (material_id)
  LEFT JOIN forecast_models s ON r.selection = 'reuse' AND s.tenant_id = r.tenant_id AND s.facility_id = m.facility_id AND s.material_id = m.material_id
  LEFT JOIN LATERAL (
    SELECT array_agg(h.demand_date - DATE '1970-01-01' ORDER BY h.demand_date) AS days,
           array_agg(h.quantity ORDER BY h.demand_date) AS quantities
    FROM demand_history h
    WHERE h.tenant_id = r.tenant_id AND h.facility_id = m.facility_id AND h.material_id = m.material_id
      AND h.demand_date <= r.as_of AND (i.demand_period <> 'day' OR h.demand_date > r.as_of - $3::int)
  ) AS d ON true
  WHERE b.run_id = $1 AND b.batch_no = $2
  ORDER BY m.position`;

type Row = BatchItem & { done: boolean; asOf: number; batchesTotal: number };

/**
 * Reads the series of a batch.
 *
 * @param historyDays how many days back daily items are read
 * @returns null when the batch, or every item of it, is gone
 */
export async function readBatch(database: TenantDatabase, runId: string, batchNo: number, historyDays: number): Promise<Batch | null> {
  const rows = await database.read<Row>("batches.read", sql, [runId, batchNo, historyDays]);
  const [first] = rows;
  if (first === undefined) return null;
  const items = rows.map(({ materialId, facility, sku, period, days, quantities, earlier }) => ({ materialId, facility, sku, period, days, quantities, earlier }));
  return { done: first.done, asOf: first.asOf, batchesTotal: first.batchesTotal, items };
}
