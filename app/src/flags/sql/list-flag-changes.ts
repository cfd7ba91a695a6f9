import type { FlagChange } from "@forecast-stack/flags/flag-history.ts";
import type { Queryable } from "../../platform/db.ts";

/** Times as the hash was made over them. */
const time = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const sql = `
  SELECT change_no::int AS number, map, key, flag, before, after, changed_by AS by, reason, ${time("until")} AS until, tool, ${time("changed_at")} AS "changedAt",
         ${time("noted_at")} AS "notedAt", map_uid AS "mapUid", resource_version::text AS "resourceVersion", previous_hash AS "previousHash", hash
  FROM flag_changes
  WHERE ($1::text IS NULL OR flag = $1) AND ($2::bigint IS NULL OR change_no < $2)
  ORDER BY change_no DESC
  LIMIT $3`;

/** Changes of all flags or of one, the newest first, from the one before the change `before` on. */
export async function listFlagChanges(database: Queryable, { flag, before }: { readonly flag?: string | undefined; readonly before?: string | undefined }, limit: number): Promise<FlagChange[]> {
  return database.query<FlagChange>("flags.list-changes", sql, [flag ?? null, before ?? null, limit]);
}
