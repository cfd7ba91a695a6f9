import type { TenantDatabase } from "../../platform/db.ts";

/** The mean absolute back-test errors of one item by both variants. */
export interface ErrorPair {
  readonly exposed: number;
  readonly control: number;
}

/**
 * One pair per item: days later its errors are nearly the same, and counting
 * them again would make a few items look like many. Only runs that began after
 * the step's clock, whose items were all evaluated at its weight. In the order
 * of a hash, so that a limit takes items of all kinds, and the same ones again.
 */
export const pairedErrorsSql = `
  SELECT exposed, control
  FROM (
    SELECT DISTINCT ON (e.facility_id, e.material_id) e.facility_id, e.material_id, e.mae AS exposed, c.mae AS control
    FROM forecast_runs r
    JOIN forecast_variants e ON e.run_id = r.run_id AND e.variant = $2 AND e.served
    JOIN forecast_variants c ON c.run_id = e.run_id AND c.material_id = e.material_id AND c.facility_id = e.facility_id AND c.variant <> e.variant
    WHERE r.status = 'completed' AND r.started_at >= $1 AND e.mae IS NOT NULL AND c.mae IS NOT NULL
    ORDER BY e.facility_id, e.material_id, r.started_at DESC
  ) AS newest
  ORDER BY md5(facility_id || material_id::text)
  LIMIT $3`;

/** Reads a tenant's pairs of items that were served the variant since the step's clock. */
export async function pairedErrors(database: TenantDatabase, since: Date, variant: "regular" | "hybrid", limit: number): Promise<ErrorPair[]> {
  return database.read<{ exposed: number; control: number }>("rollouts.paired-errors", pairedErrorsSql, [since, variant, limit]);
}
