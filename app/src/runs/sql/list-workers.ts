import type { Queryable } from "../../platform/db.ts";

/** A worker and when it was seen last. */
export interface SeenWorker {
  worker: string;
  version: string;
  threads: number;
  answeredMs: number;
  seenAt: Date;
  secondsAgo: number;
}

const sql = `
  SELECT worker, version, threads, answered_ms AS "answeredMs", seen_at AS "seenAt", extract(epoch FROM now() - seen_at)::float8 AS "secondsAgo"
  FROM forecast_workers
  ORDER BY seen_at DESC, worker
  LIMIT 100`;

/** The workers of the stack, those that were seen last first. */
export function listWorkers(database: Queryable): Promise<SeenWorker[]> {
  return database.query<SeenWorker & Record<string, unknown>>("workers.list", sql);
}
