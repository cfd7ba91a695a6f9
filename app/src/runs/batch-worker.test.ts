import { createMetrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { describe, expect, it } from "@jest/globals";
import type { PgBoss } from "pg-boss";
import { Registry } from "prom-client";
import { readConfig } from "../platform/config.ts";
import { createLog } from "../platform/log.ts";
import { type BatchContext, BatchWorker } from "./batch-worker.ts";
import { StalledError } from "./forecast-threads.ts";

const runId = "00000000-0000-4000-8000-000000000001";
const item = { done: false, asOf: 20_000, batchesTotal: 1, materialId: "00000000-0000-4000-8000-000000000002", facility: "main", sku: "SKU-1", period: "day", days: [], quantities: [], earlier: null };

/** A worker whose threads end a batch with `error`, what it wrote down and its metrics. */
function workerThatFailsWith(error: Error) {
  const registry = new Registry();
  const recorded: unknown[] = [];
  const context = {
    config: readConfig({}),
    database: { of: () => ({ read: () => Promise.resolve([item]) }), query: (_name: string, _text: string, values: unknown) => Promise.resolve(recorded.push(values)) },
    flags: { value: () => Promise.resolve(0), evaluate: () => Promise.resolve({ value: false, staged: false }) },
    metrics: createMetrics(registry, ["worker"]),
    log: createLog({ level: "fatal", role: "worker", version: "test", destination: { write: () => undefined } }),
    threads: { run: () => Promise.reject(error) },
  } as unknown as BatchContext;
  const handle = () => new BatchWorker(context).handle({} as unknown as PgBoss, { id: runId, data: { tenant: "default", runId, batchNo: 1 }, signal: new AbortController().signal });
  const counted = async () => (await registry.metrics()).split("\n").filter((line) => /^forecast_watchdog_\w+\{.*\} [1-9]/.test(line));
  return { handle, recorded, counted };
}

describe("a batch whose computation hangs", () => {
  it("is tried again, and counts among what was found and mended", async () => {
    const { handle, recorded, counted } = workerThatFailsWith(new StalledError("No item was forecast for 120000 ms."));
    await expect(handle()).rejects.toThrow(StalledError);
    expect(recorded).toEqual([["stalled-run", runId, true]]);
    expect(await counted()).toEqual(['forecast_watchdog_findings_total{kind="stalled-run"} 1', 'forecast_watchdog_interventions_total{kind="stalled-run"} 1']);
  });

  it("is told from one that fails in another way", async () => {
    const { handle, recorded, counted } = workerThatFailsWith(new Error("worker exited with code: 1"));
    await expect(handle()).rejects.toThrow("worker exited");
    expect([recorded, await counted()]).toEqual([[], []]);
  });
});
