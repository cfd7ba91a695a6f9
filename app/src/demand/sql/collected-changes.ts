import { type Actor, recordSelectedChanges } from "../../audit/record-change.ts";
import type { Queryable } from "../../platform/db.ts";

/** Days that one entry of the audit log tells of at most: about 25 kB. */
const DAYS_PER_ENTRY = 1_000;

/**
 * The days that a transaction changed, from anywhere in its file: a file in the
 * order of days has one row of each series in a thousand, and an entry of the
 * audit log for every row would take as long as the rows. Only this transaction
 * sees the table; it is written without a log and is gone when it ends.
 */
const createSql = `
  CREATE TEMPORARY TABLE demand_changes (line integer, facility_id text, material_id uuid, demand_date date, before double precision, after double precision)
  ON COMMIT DROP`;

/** Begins to collect what `storeDemand` changes. */
export async function collectChanges(transaction: Queryable): Promise<void> {
  await transaction.query("demand.collect", createSql);
}

/** A day that the file has more than once became what its last row says. */
const seriesSql = `
  SELECT i.sku || '@' || changed.facility_id AS "entityId", jsonb_object_agg(demand_date, before) FILTER (WHERE before IS NOT NULL) AS before, jsonb_object_agg(demand_date, after) AS after
  FROM (
    SELECT *, (row_number() OVER (PARTITION BY material_id, facility_id ORDER BY demand_date) - 1) / ${DAYS_PER_ENTRY} AS part
    FROM (
      SELECT material_id, facility_id, demand_date, (array_agg(before ORDER BY line))[1] AS before, (array_agg(after ORDER BY line))[count(*)] AS after
      FROM demand_changes
      GROUP BY material_id, facility_id, demand_date
    ) AS of_day
    WHERE before IS DISTINCT FROM after
  ) AS changed
  JOIN items i USING (material_id)
  GROUP BY i.sku, changed.facility_id, part
  ORDER BY i.sku, changed.facility_id, part`;

/**
 * Writes what was collected into the audit log: entity `demand-series`, named
 * `SKU@FACILITY`, with the quantities of the days that changed. A day that was
 * not known is not in `before`, which is null when none was.
 */
export async function recordCollected(transaction: Queryable, actor: Actor): Promise<void> {
  await recordSelectedChanges(transaction, actor, { action: "import", entity: "demand-series" }, seriesSql);
}
