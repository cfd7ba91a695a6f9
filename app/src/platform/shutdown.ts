import type { Server } from "node:http";
import type { Log } from "./log.ts";
import { pause } from "./pause.ts";

/** Kubernetes ends a pod 30 s after asking; what is not done by then is given back to the queue. */
export const DRAIN_MS = 20_000;

/** How a process is to be stopped. */
export interface StopOptions {
  /** Milliseconds to go on serving first, until nobody sends requests any more. */
  readonly delayMs: number;
  /** Milliseconds that running requests and jobs then have. */
  readonly drainMs: number;
}

const CLOSE_IDLE_EVERY_MS = 100;

/**
 * Goes on serving for a while, then takes no more connections and waits for the
 * answers under way. From the first moment on each answer asks its caller to
 * come back on another connection, so that none is closed while a request is on
 * its way.
 */
export async function closeServer(server: Server, { delayMs, drainMs }: StopOptions): Promise<void> {
  server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
  await pause(delayMs, new AbortController().signal);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}

/**
 * Ends the process well at SIGTERM, and without the delay at SIGINT (Ctrl-C); a
 * second signal ends it at once.
 */
export function endOnSignals(stop: (options: StopOptions) => Promise<void>, delayMs: number, log: Log): void {
  let stopping = false;
  const end = async (signal: string, delay: number) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "stopping");
    try {
      await stop({ delayMs: delay, drainMs: DRAIN_MS });
      log.info("stopped");
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, "stopping failed");
      process.exit(1);
    }
  };
  process.on("SIGTERM", () => void end("SIGTERM", delayMs));
  process.on("SIGINT", () => void end("SIGINT", 0));
}
