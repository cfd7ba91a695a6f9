import type { Log } from "../platform/log.ts";

/**
 * Notices that nobody reads the metrics any more: whatever should watch the
 * service is down or cannot reach it, and that must show without its help.
 */
export class ScrapeWatch {
  readonly #limitMs: number;
  readonly #now: () => number;
  #last: number;

  /** @param limitSeconds how long nobody may ask; 0 switches the watch off, where nobody is meant to ask */
  constructor(limitSeconds: number, now: () => number = () => performance.now()) {
    this.#limitMs = limitSeconds * 1_000;
    this.#now = now;
    this.#last = now();
  }

  /** Somebody has read the metrics. */
  scraped(): void {
    this.#last = this.#now();
  }

  /** Whole minutes since anybody read the metrics, or since the start; undefined while that is not too long. */
  unwatchedMinutes(): number | undefined {
    const silentMs = this.#now() - this.#last;
    return this.#limitMs > 0 && silentMs > this.#limitMs ? Math.floor(silentMs / 60_000) : undefined;
  }
}

const LOOK_EVERY_MS = 60_000;

/** Says so in the log, once each time that nobody reads the metrics any more: the log is read without Prometheus. */
export function warnWhenUnwatched(watch: ScrapeWatch, log: Log): void {
  let told = false;
  setInterval(() => {
    const minutes = watch.unwatchedMinutes();
    if (minutes !== undefined && !told) log.warn({ minutes }, "nobody reads the metrics: monitoring is down or cannot reach this process");
    told = minutes !== undefined;
  }, LOOK_EVERY_MS).unref();
}
