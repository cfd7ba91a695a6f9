import type { Unit } from "./catalogue/metric-definition.ts";
import { buckets, observations, series } from "./promql.ts";
import { peaks, releaseThresholds, thresholds } from "./thresholds.ts";

/** On which side of a limit a value is good, the limit included or not. */
export type Bound = { readonly atLeast: number } | { readonly atMost: number } | { readonly over: number } | { readonly under: number };

/** How many of something there must be before a value says anything, in PromQL over a window. */
interface Needed {
  readonly count: (namespace: string, window: string) => string;
  readonly least: number;
  readonly noun: string;
}

/**
 * Where a line's value comes from. window: one expression over the window, which
 * also is what a few minutes of it are measured by; it needs enough events, or,
 * where it is always there, to be known nearly all the time. runs: a gauge of
 * the newest completed run, once for each run of the window. growth: how much
 * another line's value is above that of the release before, in percent.
 */
export type Measured =
  | { readonly by: "window"; readonly value: (namespace: string, window: string) => string; readonly needs?: Needed }
  | { readonly by: "runs"; readonly gauge: (namespace: string) => string; readonly of: "mean" | "highest" }
  | { readonly by: "growth"; readonly of: string };

/** Something that a release is held to. */
export interface WatchLine {
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  readonly bound: Bound;
  /** watch-list: decides whether a release may stay; target: what the next one is to reach. */
  readonly kind: "watch-list" | "target";
  readonly measured: Measured;
}

const cached = { job: "api", method: "GET", route: { matches: "/api/(items|inventory|forecasts)" } } as const;
const byUsers = { job: "api", route: { matchesNot: "/metrics|/health/.*" } } as const;

const hits = (namespace: string, window: string): string => `sum(increase(${series("cache_hits_total", { namespace })}[${window}]))`;
const misses = (namespace: string, window: string): string => `sum(increase(${series("cache_misses_total", { namespace })}[${window}]))`;
const hitRatio = (namespace: string, window: string): string => `${hits(namespace, window)} / (${hits(namespace, window)} + ${misses(namespace, window)})`;
const reads: Needed = { count: (namespace, window) => `${hits(namespace, window)} + ${misses(namespace, window)}`, least: releaseThresholds.leastRequests, noun: "reads of the cache" };

const cachedReads: Needed = { count: (namespace, window) => `sum(increase(${observations("http_request_duration_seconds", { ...cached, namespace })}[${window}]))`, least: releaseThresholds.leastRequests, noun: "reads of cached routes" };
const requests: Needed = { count: (namespace, window) => `sum(increase(${series("http_requests_total", { ...byUsers, namespace })}[${window}]))`, least: releaseThresholds.leastRequests, noun: "requests" };
const completedRuns: Needed = { count: (namespace, window) => `sum(increase(${observations("forecast_run_duration_seconds", { namespace, outcome: "completed" })}[${window}]))`, least: 1, noun: "completed runs" };

/** The border of the bucket that the slowest one fell into: at most that long. */
const slowest = (selector: string, window: string): string => `histogram_quantile(1, sum by (le) (increase(${selector}[${window}])))`;

/** How often something open-labelled was counted: a series that appears within the window began with its first value, which is no increase. */
function countOf(selector: string, namespace: string, window: string): string {
  const nothing = `0 * max(${series("up", { job: "api", namespace })})`;
  return `(sum(increase(${selector}[${window}])) or ${nothing}) + (sum(min_over_time(${selector}[${window}]) unless ${selector} offset ${window}) or ${nothing})`;
}

/** A count in the minutes of the peaks alone, five minutes at a time, of which those count that lie within. */
function atPeaks(count: (namespace: string, window: string) => string, namespace: string, window: string): string {
  const minute = "(hour() * 60 + minute())";
  const within = peaks.begin.map((begin) => `(${minute} > ${begin} and ${minute} <= ${begin + peaks.minutes})`).join(" or ");
  return `sum_over_time((${count(namespace, "5m")} and on () (${within}))[${window}:5m])`;
}

const readsAtPeaks: Needed = { count: (namespace, window) => `${atPeaks(hits, namespace, window)} + ${atPeaks(misses, namespace, window)}`, least: releaseThresholds.leastRequests, noun: "reads of the cache at the peaks" };

/** 1 while some pod of the API answers, 0 while none does and Prometheus reaches anything else of the stack; absent while nobody knows. */
const someApiUp = (namespace: string): string => `max(${series("up", { job: "api", namespace })}) or 0 * max(${series("up", { namespace })})`;

/** What a release is watched by for two days, and the targets of the one after it. */
export const watchList: readonly WatchLine[] = [
  { name: "cache-hit-rate", title: "Cache hit rate", unit: "ratio", bound: { atLeast: thresholds.cacheHitRatio }, kind: "watch-list", measured: { by: "window", value: hitRatio, needs: reads } },
  { name: "peak-memory", title: "Peak memory", unit: "ratio", bound: { atMost: releaseThresholds.peakMemoryRatio }, kind: "watch-list", measured: { by: "window", value: (namespace, window) => `max(max_over_time(${series("process_memory_used_ratio", { namespace })}[${window}]))` } },
  { name: "mape", title: "Mean MAPE of the runs", unit: "percent", bound: { atMost: thresholds.mapeTargetPercent }, kind: "watch-list", measured: { by: "runs", gauge: (namespace) => `max(${series("forecast_accuracy_mape_percentage", { namespace })})`, of: "mean" } },
  {
    name: "latency-p95",
    title: "95 of 100 reads of cached routes",
    unit: "seconds",
    bound: { atMost: thresholds.latencyP95TargetSeconds },
    kind: "watch-list",
    measured: { by: "window", value: (namespace, window) => `histogram_quantile(0.95, sum by (le) (increase(${buckets("http_request_duration_seconds", { ...cached, namespace })}[${window}])))`, needs: cachedReads },
  },
  { name: "run-duration", title: "Slowest forecast run", unit: "seconds", bound: { atMost: thresholds.runDurationSeconds }, kind: "watch-list", measured: { by: "window", value: (namespace, window) => slowest(buckets("forecast_run_duration_seconds", { namespace, outcome: "completed" }), window), needs: completedRuns } },
  {
    name: "preload-duration",
    title: "Slowest filling of the cache after a run",
    unit: "seconds",
    bound: { atMost: releaseThresholds.preloadSeconds },
    kind: "watch-list",
    measured: { by: "window", value: (namespace, window) => slowest(buckets("cache_preload_duration_seconds", { namespace, reason: "run" }), window), needs: { count: (namespace, window) => `sum(increase(${observations("cache_preload_duration_seconds", { namespace, reason: "run" })}[${window}]))`, least: 1, noun: "fillings" } },
  },
  { name: "high-variance-items", title: `Items with a MAPE above ${thresholds.outlierMapePercent} %`, unit: "count", bound: { atMost: releaseThresholds.outliers.most }, kind: "watch-list", measured: { by: "runs", gauge: (namespace) => `max(${series("forecast_outlier_items", { namespace })})`, of: "highest" } },
  { name: "critical-errors", title: "Requests answered with 500", unit: "count", bound: { atMost: 0 }, kind: "watch-list", measured: { by: "window", value: (namespace, window) => countOf(series("http_requests_total", { job: "api", namespace, status: "500" }), namespace, window), needs: requests } },
  { name: "uptime", title: "Uptime of the API", unit: "ratio", bound: { atLeast: 1 }, kind: "watch-list", measured: { by: "window", value: (namespace, window) => `avg_over_time((${someApiUp(namespace)})[${window}:15s])` } },
  { name: "watchdog", title: "Interventions of the watchdog", unit: "count", bound: { atMost: 0 }, kind: "watch-list", measured: { by: "window", value: (namespace, window) => `sum(increase(${series("forecast_watchdog_interventions_total", { namespace })}[${window}]))` } },
  {
    name: "rollback-triggers",
    title: "Runs above the MAPE target",
    unit: "count",
    bound: { atMost: thresholds.runsAboveTarget },
    kind: "watch-list",
    measured: { by: "window", value: (namespace, window) => `sum(increase(${series("forecast_runs_above_target_total", { namespace })}[${window}]))`, needs: completedRuns },
  },
  { name: "run-duration-target", title: "Slowest forecast run", unit: "seconds", bound: { atMost: releaseThresholds.runDurationTargetSeconds }, kind: "target", measured: { by: "window", value: (namespace, window) => slowest(buckets("forecast_run_duration_seconds", { namespace, outcome: "completed" }), window), needs: completedRuns } },
  { name: "cache-hit-rate-target", title: "Cache hit rate", unit: "ratio", bound: { over: releaseThresholds.cacheHitTargetRatio }, kind: "target", measured: { by: "window", value: hitRatio, needs: reads } },
  {
    name: "prefetch-duration",
    title: "Slowest filling of the cache before a peak or after a deploy",
    unit: "seconds",
    bound: { atMost: releaseThresholds.prefetchSeconds },
    kind: "target",
    measured: {
      by: "window",
      value: (namespace, window) => slowest(buckets("cache_preload_duration_seconds", { namespace, reason: { matches: "peak|deploy" } }), window),
      needs: { count: (namespace, window) => `sum(increase(${observations("cache_preload_duration_seconds", { namespace, reason: { matches: "peak|deploy" } })}[${window}]))`, least: 1, noun: "fillings" },
    },
  },
  { name: "peak-misses", title: "Misses of the cache at the peaks", unit: "ratio", bound: { under: releaseThresholds.peakMissRatio }, kind: "target", measured: { by: "window", value: (namespace, window) => `${atPeaks(misses, namespace, window)} / (${readsAtPeaks.count(namespace, window)})`, needs: readsAtPeaks } },
  { name: "memory-growth", title: "Peak memory above that of the release before", unit: "percent", bound: { under: releaseThresholds.memoryGrowthPercent }, kind: "target", measured: { by: "growth", of: "peak-memory" } },
  { name: "outliers-target", title: `Items with a MAPE above ${thresholds.outlierMapePercent} %`, unit: "count", bound: { atMost: releaseThresholds.outliersTarget }, kind: "target", measured: { by: "runs", gauge: (namespace) => `max(${series("forecast_outlier_items", { namespace })})`, of: "highest" } },
  {
    name: "former-outliers-mape",
    title: `Mean MAPE of the items that were above ${thresholds.outlierMapePercent} % in the run before`,
    unit: "percent",
    bound: { under: releaseThresholds.formerOutliersMapePercent },
    kind: "target",
    measured: { by: "runs", gauge: (namespace) => `max(${series("forecast_former_outliers_mape_percentage", { namespace })})`, of: "mean" },
  },
];

/** Whether a value is on the good side; counts are estimated by PromQL, so that they are rounded first. */
export function isWithin(value: number, bound: Bound, unit: Unit): boolean {
  const judged = unit === "count" ? Math.round(value) : value;
  if ("atLeast" in bound) return judged >= bound.atLeast;
  if ("atMost" in bound) return judged <= bound.atMost;
  return "over" in bound ? judged > bound.over : judged < bound.under;
}

/** The number of a bound. */
export function limitOf(bound: Bound): number {
  return Object.values(bound)[0] as number;
}
