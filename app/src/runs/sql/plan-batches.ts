import type { Queryable } from "../../platform/db.ts";
import { DEFAULT_FACILITY } from "../../platform/tenant.ts";

const startSql = `
  UPDATE forecast_runs
  SET status = 'running', started_at = clock_timestamp(),
      as_of = coalesce((SELECT max(demand_date) FROM demand_history WHERE tenant_id = forecast_runs.tenant_id), current_date)
  WHERE run_id = $1 AND status = 'queued'
  RETURNING tenant_id AS tenant`;

/**
 * An item is forecast for every facility that stocks it, or for the default one
 * when none does. The items of a batch are written down, so that items that are
 * added during a run change nothing in it.
 */
const batchesSql = `
  INSERT INTO forecast_batches (run_id, tenant_id, batch_no, material_ids, facility_ids)
  SELECT $1, $2, n / $3 + 1, array_agg(material_id ORDER BY n), array_agg(facility_id ORDER BY n)
  FROM (
    SELECT i.material_id, coalesce(v.facility_id, $4) AS facility_id,
           (row_number() OVER (ORDER BY i.sku, v.facility_id) - 1)::int AS n
    FROM items i
    LEFT JOIN inventory v ON v.tenant_id = i.tenant_id AND v.material_id = i.material_id
    WHERE i.tenant_id = $2 AND i.active
  ) AS series
  GROUP BY n / $3
  RETURNING batch_no AS "batchNo", cardinality(material_ids) AS items`;

const totalsSql = "UPDATE forecast_runs SET batches_total = $2, items_total = $3 WHERE run_id = $1";

/**
 * Starts a queued run and splits its items into batches of `batchSize`.
 *
 * @returns the numbers of the batches, or null when the run was started before
 */
export async function planBatches(transaction: Queryable, runId: string, batchSize: number): Promise<{ batchNumbers: number[]; items: number } | null> {
  const [run] = await transaction.query<{ tenant: string }>("runs.start", startSql, [runId]);
  if (run === undefined) return null;
  const batches = await transaction.query<{ batchNo: number; items: number }>("runs.plan", batchesSql, [runId, run.tenant, batchSize, DEFAULT_FACILITY]);
  const items = batches.reduce((sum, batch) => sum + batch.items, 0);
  await transaction.query("runs.totals", totalsSql, [runId, batches.length, items]);
  return { batchNumbers: batches.map(({ batchNo }) => batchNo).sort((a, b) => a - b), items };
}
