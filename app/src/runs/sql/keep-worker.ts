import type { Queryable } from "../../platform/db.ts";

/** What a worker tells of itself. */
export interface WorkerSign {
  readonly worker: string;
  readonly version: string;
  readonly threads: number;
  /** Milliseconds that a forecast thread took to answer. */
  readonly answeredMs: number;
}

/** Workers that are long gone are forgotten by the others. */
const sql = `
  WITH gone AS (DELETE FROM forecast_workers WHERE seen_at < now() - interval '1 day' AND worker <> $1)
  INSERT INTO forecast_workers (worker, version, threads, answered_ms) VALUES ($1, $2, $3, $4)
  ON CONFLICT (worker) DO UPDATE SET version = excluded.version, threads = excluded.threads, answered_ms = excluded.answered_ms, seen_at = now()`;

/** Keeps a sign of life of a worker. */
export async function keepWorker(database: Queryable, { worker, version, threads, answeredMs }: WorkerSign): Promise<void> {
  await database.query("workers.keep", sql, [worker, version, threads, answeredMs]);
}

/** A worker that stops in order takes its sign away. */
export async function forgetWorker(database: Queryable, worker: string): Promise<void> {
  await database.query("workers.forget", "DELETE FROM forecast_workers WHERE worker = $1", [worker]);
}
