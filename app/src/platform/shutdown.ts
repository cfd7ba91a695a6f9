import type { Server } from "node:http";
import { quietRoutes } from "./http-metrics.ts";
import type { Log } from "./log.ts";
import { pause } from "./pause.ts";

/** Kubernetes ends a pod 30 s after asking; what is not done by then is given back to the queue. */
export const DRAIN_MS = 20_000;

/** How a process is to be stopped. */
export interface StopOptions {
  /** Milliseconds to go on serving first, at least: until nobody sends requests any more. 0: stop at once. */
  readonly delayMs: number;
  /** Milliseconds that running requests and jobs then have. */
  readonly drainMs: number;
}

const CLOSE_IDLE_EVERY_MS = 100;
/** Without a request for so long, nobody sends any more: looked at in turns, because a starved process finds a second gone with requests waiting. */
const QUIET_MS = 1_000;
const LOOK_MS = 100;
/** Who still sends requests so long after the delay does not heed the endpoints of the service. */
const LONGER_MS = 10_000;

/**
 * Goes on serving for a while, and for longer while requests come: a busy node
 * takes its time to send them elsewhere. Then takes no more connections and waits
 * for the answers under way. From the first moment on each answer asks its caller
 * to come back on another connection, so that none is closed while a request is
 * on its way.
 */
export async function closeServer(server: Server, { delayMs, drainMs }: StopOptions): Promise<void> {
  let quietMs = 0;
  server.prependListener("request", (request, response) => {
    response.setHeader("Connection", "close");
    if (!quietRoutes.has(request.url ?? "")) quietMs = 0;
  });
  if (delayMs > 0) {
    const { signal } = new AbortController();
    const latest = Date.now() + delayMs + LONGER_MS;
    await pause(delayMs - QUIET_MS, signal);
    for (; quietMs < QUIET_MS && Date.now() < latest; quietMs += LOOK_MS) await pause(LOOK_MS, signal);
  }
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
