import type { Database } from "../../platform/db.ts";
import { BATCH_QUEUE, RUN_QUEUE } from "../queues.ts";

const sql = `
  SELECT q.name AS queue,
         count(j.id) FILTER (WHERE state < 'active')::int AS waiting,
         count(j.id) FILTER (WHERE state = 'active')::int AS active,
         coalesce(extract(epoch FROM now() - min(start_after) FILTER (WHERE state < 'active' AND start_after <= now())), 0)::float8 AS "oldestSeconds"
  FROM unnest($1::text[]) AS q (name)
  LEFT JOIN pgboss.job j ON j.name = q.name AND j.state <= 'active'
  GROUP BY q.name`;

export interface QueueDepth {
  queue: string;
  waiting: number;
  active: number;
  /** Seconds that the oldest job that could start has been waiting. */
  oldestSeconds: number;
}

/** Unfinished jobs of the queues of forecast runs. */
export function queueDepths(database: Database): Promise<QueueDepth[]> {
  return database.query<QueueDepth>("queue.depth", sql, [[RUN_QUEUE, BATCH_QUEUE]]);
}
