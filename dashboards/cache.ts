import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";
import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import { releaseThresholds } from "@forecast-stack/monitoring/thresholds.ts";
import { alertPanel } from "./alert-panel.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number } from "./layout.ts";

const here = { namespace: "$namespace" } as const;
const perSecond = (selector: string): string => `rate(${selector}[$__rate_interval])`;
const hits = perSecond(series("cache_hits_total", here));
const misses = perSecond(series("cache_misses_total", here));

/** What is answered from the cache, how it is filled, and what happens when Redis does not answer. */
export function cache(): ClassicDashboard {
  return dashboard({
    uid: dashboardUids.cache,
    title: "Cache",
    description: "What is answered from the cache, how it is filled, and what happens when Redis does not answer.",
    owner: "platform",
    window: "6h",
    sections: [
      {
        title: "Does it help?",
        panels: [
          curve(alertPanel("CacheHitRateLow", { description: "Reads answered from the cache, as a share of all, over 15 minutes.", unit: "percentunit", legend: "hits", min: 0, max: 1 })),
          curve({ title: "Hits by cache", description: "Reads answered from each cache, as a share of its reads. Empty while nobody reads.", unit: "percentunit", min: 0, max: 1, queries: [{ expr: `sum by (cache) (${hits}) / (sum by (cache) (${hits}) + sum by (cache) (${misses}))`, legend: "{{cache}}" }], emptyIsGood: true }),
          curve({
            title: "Reads by cache",
            description: "Reads per second that were answered from each cache, and that had to be computed.",
            unit: "reqps",
            min: 0,
            queries: [
              { expr: `sum by (cache) (${hits})`, legend: "{{cache}} hits" },
              { expr: `sum by (cache) (${misses})`, legend: "{{cache}} misses" },
            ],
          }),
        ],
      },
      {
        title: "How is it filled?",
        panels: [
          curve({ title: "Time to compute an answer", description: "95 of 100 answers that were not in the cache take less. Empty while all are.", unit: "s", min: 0, queries: [{ expr: `histogram_quantile(0.95, sum by (cache, le) (rate(${buckets("cache_rebuild_duration_seconds", here)}[15m])))`, legend: "{{cache}}" }], limits: { good: "below", bad: 10 }, emptyIsGood: true }),
          curve({ title: "Time to fill the cache", description: "The slowest filling within an hour, by what made it due. Empty while none was due.", unit: "s", min: 0, queries: [{ expr: `histogram_quantile(1, sum by (reason, le) (increase(${buckets("cache_preload_duration_seconds", here)}[1h])))`, legend: "{{reason}}" }], limits: { good: "below", warning: releaseThresholds.preloadSeconds, bad: releaseThresholds.prefetchSeconds }, emptyIsGood: true }),
          curve({ title: "Queries computed ahead", description: "Queries of an hour that were computed before anybody asked, by what made it due.", unit: "none", min: 0, queries: [{ expr: `sum by (reason) (increase(${series("cache_preloaded_queries_total", here)}[1h]))`, legend: "{{reason}}" }] }),
        ],
      },
      {
        title: "What goes wrong?",
        panels: [
          number({ title: "Redis answers", description: "1 while every process reaches Redis, 0 while one answers from its own memory. None without a Redis.", unit: "none", queries: [{ expr: `min(${series("cache_redis_up", here)})`, legend: "Redis" }], limits: { good: "above", bad: 1 }, emptyIsGood: true }, 6),
          number({ title: "Fillings given up", description: "Fillings of a day that took longer than CACHE_PRELOAD_TIMEOUT_MS.", unit: "none", queries: [{ expr: `sum(increase(${series("cache_preloads_given_up_total", here)}[1d]))`, legend: "given up" }], limits: { good: "below", bad: 0.5 } }, 6),
          number({ title: "Outlived answers cleared", description: "Answers of a day that had outlived their time and were cleared.", unit: "none", queries: [{ expr: `sum(increase(${series("cache_stale_cleared_total", here)}[1d]))`, legend: "cleared" }] }, 6),
          number(alertPanel("RedisMemoryHigh", { description: "Memory of Redis as a share of its limit.", unit: "percentunit", legend: "memory", min: 0, max: 1 }), 6),
          curve({ title: "Stale answers", description: "Answers per second whose time was over, served while they were computed anew.", unit: "ops", min: 0, queries: [{ expr: `sum by (cache) (${perSecond(series("cache_stale_served_total", here))})`, legend: "{{cache}}" }] }, 12),
          curve({ title: "Errors of Redis", description: "Cache operations per second that Redis failed and the process answered by itself.", unit: "ops", min: 0, queries: [{ expr: `sum by (operation) (${perSecond(series("cache_redis_errors_total", here))})`, legend: "{{operation}}" }] }, 12),
        ],
      },
    ],
  });
}
