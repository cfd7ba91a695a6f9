import type { FlagMap } from "@forecast-stack/flags/config-maps.ts";
import type { Queryable } from "../../platform/db.ts";
import type { RecordedMap } from "../map-changes.ts";

const objectsSql = `
  SELECT map_uid AS uid, max(resource_version)::text AS version
  FROM flag_changes WHERE map = $1
  GROUP BY map_uid ORDER BY max(change_no) DESC`;

const keysSql = `
  SELECT DISTINCT ON (key) key, flag, after AS text, max(noted_at) OVER (PARTITION BY key) AS "notedAt"
  FROM flag_changes WHERE map = $1
  ORDER BY key, change_no DESC`;

/** What the history says of a map; in a transaction that holds the lock of the history, nobody adds to it meanwhile. */
export async function recordedMap(transaction: Queryable, map: FlagMap): Promise<RecordedMap> {
  const objects = await transaction.query<{ uid: string; version: string }>("flags.recorded-objects", objectsSql, [map]);
  const keys = await transaction.query<{ key: string; flag: string; text: string | null; notedAt: Date | null }>("flags.recorded-keys", keysSql, [map]);
  return {
    uid: objects[0]?.uid,
    uids: new Set(objects.map(({ uid }) => uid)),
    version: BigInt(objects[0]?.version ?? 0),
    keys: new Map(keys.map(({ key, flag, text, notedAt }) => [key, { flag, text, notedAt: notedAt?.getTime() ?? null }])),
  };
}
