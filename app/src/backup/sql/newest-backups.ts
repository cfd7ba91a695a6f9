import type { Database } from "../../platform/db.ts";

const sql = `
  SELECT
    (SELECT extract(epoch FROM max(created_at))::float8 FROM backups) AS "madeAt",
    (SELECT bytes::float8 FROM backups ORDER BY created_at DESC LIMIT 1) AS bytes,
    (SELECT extract(epoch FROM max(checked_at))::float8 FROM backups WHERE intact) AS "verifiedAt",
    (SELECT (NOT intact)::int FROM backups WHERE intact IS NOT NULL ORDER BY checked_at DESC LIMIT 1) AS failed`;

/** What the table of backups says of the newest ones; null for what has not happened yet. */
export interface NewestBackups {
  /** Seconds since 1970. */
  readonly madeAt: number | null;
  readonly bytes: number | null;
  /** When one was last restored for a check and was intact, in seconds since 1970. */
  readonly verifiedAt: number | null;
  /** 1 when the newest check failed. */
  readonly failed: number | null;
}

export async function newestBackups(database: Database): Promise<NewestBackups | undefined> {
  const [row] = await database.query<NewestBackups & Record<string, unknown>>("backups.newest", sql);
  return row;
}
