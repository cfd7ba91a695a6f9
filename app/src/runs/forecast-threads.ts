import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { ThreadResult, ThreadTask } from "./forecast-thread.ts";

/**
 * MB that a thread may fill. One item needs a few; without a limit a thread lets
 * garbage lie until it has as much as the whole process may use.
 */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 12 };

/** What the threads run; the bundle keeps the file beside its own. */
const THREAD_FILE = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./forecast-thread.ts" : "./forecast-thread.js", import.meta.url));

/** No item got done for too long: a computation hangs. */
export class StalledError extends Error {
  override readonly name = "StalledError";
}

/** Forecasts items in threads, so that the process goes on answering and sending signs of life. */
export class ForecastThreads {
  readonly #pool: Piscina<ThreadTask, ThreadResult>;
  readonly #stallMs: number;

  /**
   * @param threads the most that compute at a time
   * @param keepOne true: one is ready between runs
   * @param stallMs milliseconds without a finished item after which the threads count as hanging
   * @param file what they run: the forecasts, unless something else stands in for them
   */
  constructor({ threads, keepOne, stallMs, file = THREAD_FILE }: { readonly threads: number; readonly keepOne: boolean; readonly stallMs: number; readonly file?: string }) {
    this.#stallMs = stallMs;
    this.#pool = new Piscina({
      filename: file,
      minThreads: keepOne ? 1 : 0,
      maxThreads: threads,
      idleTimeout: 30_000,
      resourceLimits: THREAD_LIMITS,
    });
  }

  /**
   * The results in the order of the tasks; rejects when a thread dies, `signal`
   * is aborted or no item gets done for too long, and ends what is under way.
   *
   * @throws StalledError in the last case
   */
  async run(tasks: readonly ThreadTask[], signal: AbortSignal): Promise<ThreadResult[]> {
    const stalled = new AbortController();
    const patience = setTimeout(() => stalled.abort(), this.#stallMs);
    const either = AbortSignal.any([signal, stalled.signal]);
    try {
      return await Promise.all(
        tasks.map(async (task) => {
          const result = await this.#pool.run(task, { signal: either });
          patience.refresh();
          return result;
        }),
      );
    } catch (error) {
      throw stalled.signal.aborted ? new StalledError(`No item was forecast for ${this.#stallMs} ms.`) : error;
    } finally {
      clearTimeout(patience);
      // Nobody waits for the others any more, and one that hangs would keep its thread.
      stalled.abort();
    }
  }

  /** Milliseconds that a thread takes to answer; waits behind work that is under way. */
  async answer(): Promise<number> {
    const started = performance.now();
    await this.#pool.run(undefined as never, { name: "answer" });
    return performance.now() - started;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
