import type { Queryable } from "../../platform/db.ts";

/** What was asked for of an item at a facility on a day. */
export interface GivenDemand {
  readonly materialId: string;
  readonly facility: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly quantity: number;
}

const given = `jsonb_to_recordset($2::jsonb) AS given ("materialId" uuid, facility text, date date, quantity float8)`;

/** Rows are taken in one order, so that two imports do not wait for each other. */
const addSql = `
  WITH added AS (
    INSERT INTO demand_history (tenant_id, facility_id, material_id, demand_date, quantity)
    SELECT $1, facility, "materialId", date, quantity FROM ${given}
    ORDER BY "materialId", facility, date
    ON CONFLICT DO NOTHING
    RETURNING facility_id, material_id, demand_date, quantity
  ), collected AS (
    INSERT INTO demand_changes (line, facility_id, material_id, demand_date, after)
    SELECT $3::integer, facility_id, material_id, demand_date, quantity FROM added
  )
  SELECT count(*)::int AS days FROM added`;

/**
 * All are locked, also those that stay as they are, so that of two files at the
 * same time the later one holds as a whole. Days are looked up one by one, and
 * replaced by an INSERT: joined, they made Postgres read the whole table for
 * every thousand rows as long as it did not know how large the table had become.
 */
const replaceSql = `
  WITH locked AS (
    SELECT given.facility, given."materialId", given.date, h.quantity AS before, given.quantity AS after
    FROM (SELECT * FROM ${given} ORDER BY "materialId", facility, date) AS given
    CROSS JOIN LATERAL (
      SELECT quantity FROM demand_history
      WHERE tenant_id = $1 AND facility_id = given.facility AND material_id = given."materialId" AND demand_date = given.date
      FOR NO KEY UPDATE
    ) AS h
  ), replaced AS (
    INSERT INTO demand_history (tenant_id, facility_id, material_id, demand_date, quantity)
    SELECT $1, facility, "materialId", date, after FROM locked WHERE before <> after
    ON CONFLICT (tenant_id, facility_id, material_id, demand_date) DO UPDATE SET quantity = excluded.quantity
  )
  INSERT INTO demand_changes (line, facility_id, material_id, demand_date, before, after)
  SELECT $3::integer, facility, "materialId", date, before, after FROM locked WHERE before <> after`;

/** What was measured of a period no longer holds when demand of its days becomes another (index idx_forecast_accuracy_period). */
const outdateSql = `
  UPDATE forecast_accuracy_metrics m
  SET outdated = true
  FROM (SELECT "materialId", facility, min(date) AS first, max(date) AS last
        FROM ${given}
        GROUP BY 1, 2) AS changed
  WHERE m.tenant_id = $1 AND m.material_id = changed."materialId" AND m.facility_id = changed.facility
    AND m.measurement_period_end >= changed.first AND m.measurement_period_start <= changed.last AND NOT m.outdated`;

/**
 * Stores demand; a day that is known is replaced. What changes is collected, and
 * what was measured of these days is marked as outdated.
 *
 * @param rows demand of distinct days
 * @param line where in the file they are: later rows of a day have a higher one
 */
export async function storeDemand(transaction: Queryable, tenant: string, rows: readonly GivenDemand[], line: number): Promise<void> {
  const values = [tenant, JSON.stringify(rows)];
  const [added] = await transaction.query<{ days: number }>("demand.add", addSql, [...values, line]);
  if (added?.days !== rows.length) await transaction.query("demand.replace", replaceSql, [...values, line]);
  await transaction.query("demand.outdate-accuracy", outdateSql, values);
}
