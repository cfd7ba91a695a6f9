import type { Queryable } from "../../platform/db.ts";

const sql = `
  SELECT EXISTS (SELECT FROM pgboss.schedule WHERE name = $1 AND cron = $2 AND updated_on < $3)
     AND NOT EXISTS (SELECT FROM pgboss.job WHERE name = $1 AND created_on >= $3) AS missed`;

/** Whether nothing was started for a time that was due, although it was to be started then. */
export async function scheduleMissed(database: Queryable, queue: string, cron: string, due: Date): Promise<boolean> {
  const [row] = await database.query<{ missed: boolean }>("schedule.missed", sql, [queue, cron, due]);
  return row?.missed ?? false;
}
