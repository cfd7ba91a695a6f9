import { buckets, series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";

/** A threshold with a name: a value and what it must be. */
export interface Trigger {
  readonly query: string;
  readonly must: string;
}

const here = { namespace: "$namespace" } as const;
const hits = `sum(increase(${series("cache_hits_total", here)}[$window]))`;
const misses = `sum(increase(${series("cache_misses_total", here)}[$window]))`;
const requests = (status: string) => `sum(increase(${series("http_requests_total", { ...here, job: "api", status: { matches: status } })}[$window]))`;
/** Of a status that nobody was answered with there is no series: where there are others, that is none of them. */
const answered = (status: string) => `(${requests(status)} or 0 * ${requests("...")})`;

/** The names of the ready-made thresholds: what used to make people roll back by hand. */
export const triggerNames = ["mape", "error-rate", "p99-latency", "memory", "cache-hit-rate", "critical-errors"] as const;
export type TriggerName = (typeof triggerNames)[number];

/** Shares are in percent, as people speak of them. */
export const triggers: Readonly<Record<TriggerName, Trigger>> = {
  mape: { query: `max(${series("forecast_accuracy_mape_percentage", here)})`, must: `< ${thresholds.mapeTargetPercent}` },
  "error-rate": { query: `100 * ${answered("5..")} / ${requests("...")}`, must: `< ${thresholds.errorRatio * 100}` },
  "p99-latency": { query: `histogram_quantile(0.99, sum by (le) (increase(${buckets("http_request_duration_seconds", { ...here, job: "api", method: "GET", route: { matches: "/api/(items|inventory|forecasts)" } })}[$window])))`, must: `<= ${thresholds.latencyP99RollbackSeconds}` },
  memory: { query: `100 * max(${series("process_memory_used_ratio", here)})`, must: `<= ${thresholds.memoryRatio * 100}` },
  "cache-hit-rate": { query: `100 * ${hits} / (${hits} + ${misses})`, must: `>= ${thresholds.cacheHitRollbackRatio * 100}` },
  // Extrapolation makes fractions of whole requests.
  "critical-errors": { query: answered("500"), must: "< 0.5" },
};
