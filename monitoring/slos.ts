import type { RecordingRule, Team } from "./alert-rule.ts";
import { buckets, observations, series } from "./promql.ts";
import { thresholds } from "./thresholds.ts";

/** A promise to users, kept over 30 days. Rules, alerts and dashboards are made from this table. */
export interface Slo {
  readonly name: SloName;
  readonly title: string;
  /** Share that must be good, 0 to 1. */
  readonly objective: number;
  readonly team: Team;
  /** True: a fast burn wakes somebody; false: it can wait for the morning. */
  readonly pages: boolean;
  /**
   * requests: bad ones over all ones, in PromQL over a window; state: 1 while
   * it is bad, 0 while it is good, absent while nobody knows.
   */
  readonly measured: { readonly by: "requests"; readonly bad: (window: string) => string; readonly all: (window: string) => string } | { readonly by: "state"; readonly bad: string };
}

export type SloName = "availability" | "latency" | "freshness" | "accuracy";

/** Probes and scrapes are no users. */
const byUsers = { job: "api", route: { matchesNot: "/metrics|/health/.*" } } as const;
/** Routes that are answered from a cache: the target of 20 ms is theirs. */
const cached = { job: "api", method: "GET", route: { matches: "/api/(items|inventory|forecasts)" } } as const;

const perSecond = (selector: string, window: string): string => `sum by (namespace) (rate(${selector}[${window}]))`;

const accuracyState = (metric: "forecast_accuracy_mape_percentage" | "forecast_accuracy_mase_ratio", target: number): string => `max by (namespace) (${series(metric)}) > bool ${target}`;

export const slos: readonly Slo[] = [
  {
    name: "availability",
    title: "Requests that are not answered with a server error",
    objective: 0.999,
    team: "platform",
    pages: true,
    measured: {
      by: "requests",
      bad: (window) => perSecond(series("http_requests_total", { ...byUsers, status: { matches: "5.." } }), window),
      all: (window) => perSecond(series("http_requests_total", byUsers), window),
    },
  },
  {
    name: "latency",
    title: `Reads of cached routes within ${thresholds.latencyP95TargetSeconds * 1_000} ms`,
    objective: 0.95,
    team: "platform",
    pages: true,
    measured: {
      by: "requests",
      // Prometheus extrapolates each rate by itself: of a young series the fast ones may come out as a little more than all.
      bad: (window) => `clamp_min(${perSecond(observations("http_request_duration_seconds", cached), window)} - ${perSecond(buckets("http_request_duration_seconds", { ...cached, le: String(thresholds.latencyP95TargetSeconds) }), window)}, 0)`,
      all: (window) => perSecond(observations("http_request_duration_seconds", cached), window),
    },
  },
  {
    name: "freshness",
    title: `The newest forecast is younger than ${thresholds.forecastAgeSeconds / 3_600} hours`,
    objective: 0.99,
    team: "forecasting",
    pages: false,
    measured: { by: "state", bad: `time() - min by (namespace) (${series("forecast_run_last_completed_timestamp_seconds")}) > bool ${thresholds.forecastAgeSeconds}` },
  },
  {
    name: "accuracy",
    title: `Forecasts are good: MAPE at most ${thresholds.mapeTargetPercent} %, and MASE of intermittent items at most ${thresholds.maseTarget}`,
    objective: 0.95,
    team: "forecasting",
    pages: false,
    measured: {
      by: "state",
      // Where a run has no value of one kind, the other decides.
      bad: `max by (namespace) (label_replace(${accuracyState("forecast_accuracy_mape_percentage", thresholds.mapeTargetPercent)}, "measure", "mape", "", "") or label_replace(${accuracyState("forecast_accuracy_mase_ratio", thresholds.maseTarget)}, "measure", "mase", "", ""))`,
    },
  },
];

/** The windows over which bad shares are recorded: those that change fast, and those that may lag. */
export const windows = { short: ["5m", "30m", "1h", "2h", "6h"], long: ["1d", "3d", "30d"] } as const;

export type Window = (typeof windows)["short"][number] | (typeof windows)["long"][number];

/** The recorded share that was bad over a window, 0 to 1. */
export function badRatio({ name }: Pick<Slo, "name">, window: Window): string {
  return `slo:${name}:bad_ratio_${window}`;
}

/** How many times faster than the objective allows the budget is used up. */
export function burnRate(slo: Slo, window: Window): string {
  return `${badRatio(slo, window)} / ${budgetOf(slo)}`;
}

/** The share that may be bad. */
export function budgetOf({ objective }: Pick<Slo, "objective">): number {
  return Number((1 - objective).toFixed(6));
}

/** What is left of the budget of 30 days, 1 to 0, below 0 when it is used up. */
export function budgetLeft(slo: Slo): string {
  return `1 - ${burnRate(slo, "30d")}`;
}

/** The series that the objectives are read from, for these windows. */
export function sloRecords(chosen: readonly Window[]): RecordingRule[] {
  return slos.flatMap((slo) => chosen.map((window) => ({ record: badRatio(slo, window), expr: ratioOf(slo, window) })));
}

/** The state of those objectives that are states, for sloRecords to average. */
export function sloStates(): RecordingRule[] {
  return slos.flatMap((slo) => (slo.measured.by === "state" ? [{ record: stateOf(slo), expr: slo.measured.bad }] : []));
}

/** The recorded state of an objective that is one: 1 while it is bad. */
export function stateOf({ name }: Pick<Slo, "name">): string {
  return `slo:${name}:bad`;
}

function ratioOf(slo: Slo, window: Window): string {
  if (slo.measured.by === "state") return `avg_over_time(${stateOf(slo)}[${window}])`;
  const all = slo.measured.all(window);
  // No bad request ever means no series of bad ones: that is 0, as long as there are requests.
  return `((${slo.measured.bad(window)}) or 0 * ${all}) / (${all})`;
}
