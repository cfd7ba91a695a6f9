import { constants, PerformanceObserver } from "node:perf_hooks";
import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { memoryUsedRatio } from "./memory.ts";

const LAG_INTERVAL_MS = 500;

const gcKinds: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
};

/**
 * Starts to measure the process. Event-loop lag is a histogram of its own,
 * because prom-client's gauges forget at each scrape: a second Prometheus would
 * falsify the first one's values.
 *
 * @returns sets the gauges; to be called at each scrape
 */
export function observeProcess(metrics: Metrics): () => void {
  metrics.process_start_time_seconds.set(Math.round(performance.timeOrigin) / 1_000);

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail } = entry as typeof entry & { detail?: { kind?: number } };
      metrics.nodejs_gc_duration_seconds.observe({ kind: gcKinds[detail?.kind ?? -1] ?? "major" }, entry.duration / 1_000);
    }
  }).observe({ entryTypes: ["gc"] });

  let due = performance.now() + LAG_INTERVAL_MS;
  setInterval(() => {
    const now = performance.now();
    metrics.nodejs_event_loop_lag_seconds.observe(Math.max(now - due, 0) / 1_000);
    due = now + LAG_INTERVAL_MS;
  }, LAG_INTERVAL_MS).unref();

  let last = { user: 0, system: 0 };
  return () => {
    const usage = process.cpuUsage();
    metrics.process_cpu_seconds_total.inc({ mode: "user" }, (usage.user - last.user) / 1e6);
    metrics.process_cpu_seconds_total.inc({ mode: "system" }, (usage.system - last.system) / 1e6);
    last = usage;
    const { rss, heapUsed } = process.memoryUsage();
    metrics.process_resident_memory_bytes.set(rss);
    metrics.process_memory_used_ratio.set(memoryUsedRatio());
    metrics.nodejs_heap_size_used_bytes.set(heapUsed);
  };
}
