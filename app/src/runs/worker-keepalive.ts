import type { Config } from "../platform/config.ts";
import type { Database } from "../platform/db.ts";
import type { Log } from "../platform/log.ts";
import { pause } from "../platform/pause.ts";
import { messageOf } from "../platform/thrown.ts";
import type { ForecastThreads } from "./forecast-threads.ts";
import { forgetWorker, keepWorker } from "./sql/keep-worker.ts";

/** What keeping threads alive works with. */
export interface KeepaliveParts {
  readonly config: Config;
  readonly database: Database;
  readonly threads: ForecastThreads;
  readonly log: Log;
}

/**
 * Lets a forecast thread answer every ML_SERVICE_KEEPALIVE_INTERVAL_MS, so that
 * one is ready when a run begins, and keeps the answer as this worker's sign of
 * life. Ends when `signal` is aborted, and takes the sign away.
 */
export async function keepThreadsAlive({ config, database, threads, log }: KeepaliveParts, signal: AbortSignal): Promise<void> {
  const { POD_NAME: worker, APP_VERSION: version, FORECAST_THREADS, ML_SERVICE_KEEPALIVE_INTERVAL_MS } = config;
  let told = false;
  while (!signal.aborted) {
    try {
      await keepWorker(database, { worker, version, threads: FORECAST_THREADS, answeredMs: await threads.answer() });
      told = false;
    } catch (error) {
      if (!told) log.warn({ reason: messageOf(error) }, "this worker could not give a sign of life; it goes on trying");
      told = true;
    }
    await pause(ML_SERVICE_KEEPALIVE_INTERVAL_MS, signal);
  }
  await forgetWorker(database, worker).catch(() => undefined);
}
