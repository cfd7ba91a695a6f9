import type { Queryable } from "../../platform/db.ts";

const sql = `
  SELECT flag, min(changed_at) AS since
  FROM (SELECT DISTINCT ON (map, key) map, flag, after, until, changed_at FROM flag_changes WHERE map <> 'definitions' ORDER BY map, key, change_no DESC) newest
  WHERE (map = 'overrides' AND after IS NOT NULL AND until IS NULL) OR (map = 'rollouts' AND after LIKE '% for 100 \\%')
  GROUP BY flag`;

/** The flags of which everybody has the same value by an override without an end or by a rollout to 100 %, and since when. */
export async function settledFlags(database: Queryable): Promise<{ flag: string; since: Date }[]> {
  return database.query<{ flag: string; since: Date }>("flags.settled", sql);
}
