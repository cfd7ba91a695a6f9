import { hashOf } from "@forecast-stack/flags/flag-history.ts";
import type { Queryable } from "../../platform/db.ts";
import type { NewChange } from "../map-changes.ts";

const lockSql = "SELECT pg_advisory_xact_lock(hashtext('flag-history'))";
const lastSql = `SELECT change_no::int AS number, hash FROM flag_changes ORDER BY change_no DESC LIMIT 1`;
const insertSql = `
  INSERT INTO flag_changes (change_no, map, key, flag, before, after, changed_by, reason, until, tool, changed_at, noted_at, map_uid, resource_version, previous_hash, hash)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

/** Waits until nobody else adds to the history, and keeps it so until the transaction ends. */
export async function lockHistory(transaction: Queryable): Promise<void> {
  await transaction.query("flags.lock-history", lockSql);
}

/** Adds changes to the end of the history. The transaction must hold its lock. */
export async function appendChanges(transaction: Queryable, changes: readonly NewChange[]): Promise<void> {
  const [last] = await transaction.query<{ number: number; hash: string }>("flags.last-change", lastSql);
  let { number, hash } = last ?? { number: 0, hash: "" };
  for (const change of changes) {
    number += 1;
    const linked = { ...change, number, previousHash: hash };
    hash = hashOf(linked);
    const { map, key, flag, before, after, by, reason, until, tool, changedAt, notedAt, mapUid, resourceVersion, previousHash } = linked;
    await transaction.query("flags.append-change", insertSql, [number, map, key, flag, before, after, by, reason, until, tool, changedAt, notedAt, mapUid, resourceVersion, previousHash, hash]);
  }
}
