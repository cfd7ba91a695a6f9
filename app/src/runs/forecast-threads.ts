import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { ThreadResult, ThreadTask } from "./forecast-thread.ts";

/** Forecasts items in threads, so that the process goes on answering and sending signs of life. */
export class ForecastThreads {
  readonly #pool: Piscina<ThreadTask, ThreadResult>;

  constructor(threads: number) {
    this.#pool = new Piscina({
      // The bundle keeps the thread's file beside its own.
      filename: fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./forecast-thread.ts" : "./forecast-thread.js", import.meta.url)),
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: 30_000,
    });
  }

  /** The results in the order of the tasks; rejects when a thread dies or `signal` is aborted. */
  async run(tasks: readonly ThreadTask[], signal: AbortSignal): Promise<ThreadResult[]> {
    return Promise.all(tasks.map((task) => this.#pool.run(task, { signal })));
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
