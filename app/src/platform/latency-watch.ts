import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

/** What requests took in a window, in milliseconds. */
export interface LatencyPercentiles {
  readonly requests: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export const WINDOW_MS = 300_000;
/** Fewer requests say little about the slowest one in a hundred. */
export const FEWEST_REQUESTS = 100;
const US_PER_MS = 1_000;

/**
 * Percentiles of what requests took in the last complete window of five
 * minutes, kept by the process itself: they are known without Prometheus.
 */
export class LatencyWatch {
  readonly #now: () => number;
  readonly #histogram: RecordableHistogram = createHistogram();
  #windowStart: number;
  #last: LatencyPercentiles | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#windowStart = now();
  }

  /** One request was answered. */
  record(elapsedMs: number): void {
    this.#turn();
    this.#histogram.record(Math.max(1, Math.round(elapsedMs * US_PER_MS)));
  }

  /** Of the last complete window; undefined before its end, and when it had too few requests. */
  percentiles(): LatencyPercentiles | undefined {
    this.#turn();
    return this.#last;
  }

  #turn(): void {
    const passed = this.#now() - this.#windowStart;
    if (passed < WINDOW_MS) return;
    const requests = this.#histogram.count;
    // A window in which nobody asked for anything, or a long sleep, says nothing either.
    const known = passed < 2 * WINDOW_MS && requests >= FEWEST_REQUESTS;
    this.#last = known ? { requests, p95Ms: this.#histogram.percentile(95) / US_PER_MS, p99Ms: this.#histogram.percentile(99) / US_PER_MS } : undefined;
    this.#histogram.reset();
    this.#windowStart = this.#now();
  }
}
