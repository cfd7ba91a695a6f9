import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { ThreadTask } from "./forecast-thread.ts";
import { ForecastThreads, StalledError } from "./forecast-threads.ts";

/** Longer than a thread takes to start on a busy machine. */
const STALL_MS = 3_000;

describe("the threads that forecast", () => {
  let threads: ForecastThreads | undefined;
  afterEach(() => threads?.close());
  const start = (count: number) => (threads = new ForecastThreads({ threads: count, keepOne: false, stallMs: STALL_MS, file: join(import.meta.dirname, "../test-support/faulty-thread.ts") }));
  const tasks = (...skus: string[]) => skus.map((sku) => ({ sku }) as ThreadTask);
  const never = new AbortController().signal;
  const skusOf = async (pool: ForecastThreads, ...skus: string[]) => (await pool.run(tasks(...skus), never)).map(({ row }) => row.sku);

  it("give the results in the order of the items", async () => {
    expect(await skusOf(start(2), "first", "second", "third")).toEqual(["first", "second", "third"]);
  });

  it("end a computation that hangs, say that it did, and go on with the next batch", async () => {
    const pool = start(1);
    await expect(pool.run(tasks("first", "hangs", "second"), never)).rejects.toThrow(new StalledError(`No item was forecast for ${STALL_MS} ms.`));
    expect(await skusOf(pool, "first", "second")).toEqual(["first", "second"]);
  }, 20_000);

  it("say when one of them dies, which is no stall, and go on with the next batch", async () => {
    const pool = start(1);
    const error: unknown = await pool.run(tasks("first", "dies"), never).catch((thrown: unknown) => thrown);
    expect(error).toEqual(new Error("worker exited with code: 1"));
    expect(await skusOf(pool, "first", "second")).toEqual(["first", "second"]);
  });

  it("leave none behind that hangs when another item fails", async () => {
    const pool = start(2);
    // Two batches: what the first leaves behind, the second would wait for.
    for (let batch = 0; batch < 2; batch += 1) await expect(pool.run(tasks("hangs", "fails"), never)).rejects.toThrow("no forecast for this item");
  }, 20_000);

  it("stop when the batch is given up", async () => {
    const given = new AbortController();
    const running = start(1).run(tasks("hangs"), given.signal);
    given.abort();
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StalledError);
  });
});
