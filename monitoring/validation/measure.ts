import { releaseThresholds } from "../thresholds.ts";
import { series } from "../promql.ts";
import type { WatchLine } from "../watch-list.ts";
import type { Prometheus, Sample } from "./prometheus.ts";
import { isEmpty, type Span } from "./release-window.ts";
import { valuesOfRuns } from "./runs.ts";

/** What Prometheus said about a line: all that its verdict rests on. */
export interface Evidence {
  /** The expression, as it can be asked again at the end of the span. */
  readonly query: string;
  readonly span: Span;
  /** Null: nobody knows. */
  readonly value: number | null;
  /** Why it is not known. */
  readonly unknown: string | null;
  /** The value over time: a few minutes each, or one for each run. */
  readonly samples: readonly Sample[];
}

/** Moments that a window is looked at, enough for a chart and for what lasts some minutes. */
const MOMENTS = 500;
const SHORTEST_STEP = 15;
/** A moment is measured by this many seconds before it, or by all since the moment before. */
const MOMENT = 300;
/** Seconds between two looks at whether anything of the stack was scraped. */
const LOOK = 15;
const DAY = 86_400;

/** Seconds between two moments of a span. */
export function stepOf({ from, to }: Span): number {
  return Math.max(SHORTEST_STEP, Math.ceil((to - from) / MOMENTS));
}

/** When the newest completed run had ended. */
export function endOfNewestRun(namespace: string): string {
  return `max(${series("forecast_run_last_completed_timestamp_seconds", { namespace })})`;
}

/** Asks for the evidence of a line that has a value of its own, over a span. */
export async function measure(prometheus: Prometheus, { measured, unit }: WatchLine, namespace: string, span: Span): Promise<Evidence> {
  if (measured.by === "growth") throw new Error("How much a value has grown is computed, not asked for.");
  const seconds = Math.round(span.to - span.from);
  const query = measured.by === "runs" ? measured.gauge(namespace) : measured.value(namespace, `${seconds}s`);
  if (isEmpty(span)) return { query, span, samples: [], ...unknown("Prometheus never looked at it") };
  const step = stepOf(span);
  if (measured.by === "runs") {
    const [ends, gauge] = await Promise.all([oneSeries(prometheus, endOfNewestRun(namespace), span, step), oneSeries(prometheus, query, span, step)]);
    const runs = valuesOfRuns(ends, gauge, span).map(({ endedAt, value }) => ({ at: endedAt, value }));
    const values = runs.map(({ value }) => value);
    const wanted = Math.max(1, Math.floor((span.to - span.from) / DAY));
    const value = measured.of === "mean" ? values.reduce((sum, one) => sum + one, 0) / values.length : Math.max(...values);
    return { query, span, samples: runs, ...(runs.length < wanted ? unknown(`${runs.length} runs of the window have a value, and at least ${wanted} are due (one a day)`) : known(value)) };
  }
  const moment = Math.max(MOMENT, step);
  // Earlier moments would look back at the release before.
  const moments = { from: Math.min(span.from + moment, span.to), to: span.to };
  const [value, samples, events, seen] = await Promise.all([
    prometheus.value(query, span.to),
    oneSeries(prometheus, measured.value(namespace, `${moment}s`), moments, step),
    measured.needs === undefined ? undefined : prometheus.value(measured.needs.count(namespace, `${seconds}s`), span.to),
    prometheus.value(`${LOOK} * count_over_time((max(${series("up", { namespace })}))[${seconds}s:${LOOK}s])`, span.to),
  ]);
  const evidence = { query, span, samples };
  const covered = (seen ?? 0) / seconds;
  if (covered < releaseThresholds.leastCoverage) return { ...evidence, ...unknown(`Prometheus watched for ${Math.floor(100 * covered)} % of the time, and ${100 * releaseThresholds.leastCoverage} % are needed`) };
  if (measured.needs !== undefined) {
    const { least, noun } = measured.needs;
    const count = Math.round(events ?? 0);
    if (count < least) return { ...evidence, ...unknown(`${count} ${noun}, and at least ${least} are needed to say anything`) };
  }
  if (value === undefined) return { ...evidence, ...unknown("Prometheus has no value for it") };
  return { ...evidence, ...known(unit === "count" ? Math.round(value) : value) };
}

async function oneSeries(prometheus: Prometheus, query: string, span: Span, step: number): Promise<readonly Sample[]> {
  return (await prometheus.series(query, span, step))[0]?.samples ?? [];
}

function known(value: number): Pick<Evidence, "value" | "unknown"> {
  return { value, unknown: null };
}

function unknown(reason: string): Pick<Evidence, "value" | "unknown"> {
  return { value: null, unknown: reason };
}
