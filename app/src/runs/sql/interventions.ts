import type { Queryable } from "../../platform/db.ts";

/** What is found and mended without a person: the first two by the watchdog, dead workers by the queue. */
export type InterventionKind = "stalled-run" | "missed-schedule" | "dead-worker";

const recordSql = "INSERT INTO watchdog_interventions (kind, subject, mended) VALUES ($1, $2, $3)";

/**
 * Writes down what was found.
 *
 * @param subject the run or the queue
 * @param mended whether it was put right
 */
export async function recordIntervention(database: Queryable, kind: InterventionKind, subject: string, mended: boolean): Promise<void> {
  await database.query("watchdog.record", recordSql, [kind, subject, mended]);
}

const countSql = "SELECT count(*)::int AS interventions FROM watchdog_interventions WHERE mended AND created_at > now() - interval '1 day'";

/** How often something was put right in the last 24 hours. */
export async function recentInterventions(database: Queryable): Promise<number> {
  const [row] = await database.query<{ interventions: number }>("watchdog.recent", countSql);
  return row?.interventions ?? 0;
}
