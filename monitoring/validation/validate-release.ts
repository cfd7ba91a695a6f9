import { series } from "../promql.ts";
import { watchList, type WatchLine } from "../watch-list.ts";
import { anomaliesOf, type FiredAlert, type Restart } from "./anomalies.ts";
import { grown, type JudgedLine, judgeLine, judgeRelease } from "./judge.ts";
import { endOfNewestRun, type Evidence, measure, stepOf } from "./measure.ts";
import type { Prometheus, Sample } from "./prometheus.ts";
import { isEmpty, type ReleaseWindow, type Span } from "./release-window.ts";
import { reportOf, type RunRecord, type ValidationReport } from "./report.ts";
import { valuesOfRuns } from "./runs.ts";

/** Which release is validated, and by what. */
export interface ValidationRequest {
  readonly stack: string;
  readonly namespace: string;
  readonly window: ReleaseWindow;
  /** The targets decide, too. */
  readonly strict: boolean;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Memory that a run is made answerable for: that of the half hour before it ended. */
const RUN_SECONDS = 1_800;

/**
 * Holds a release to the watch list, by what Prometheus knows of it.
 *
 * @throws ValidationError when Prometheus does not answer
 */
export async function validateRelease(prometheus: Prometheus, { stack, namespace, window, strict, now }: ValidationRequest): Promise<ValidationReport> {
  const current = await evidenceOf(prometheus, namespace, window.span);
  const before = window.before === null ? undefined : await evidenceOf(prometheus, namespace, window.before.span);
  const lines = watchList.map((line): JudgedLine => {
    if (line.measured.by === "growth") return judgeLine(line, grown(found(current, line.measured.of), before?.get(line.measured.of)), null);
    return judgeLine(line, found(current, line.name), before?.get(line.name)?.value ?? null);
  });
  const [runs, alerts, restarts] = isEmpty(window.span) ? [[], [], []] : await Promise.all([runsOf(prometheus, namespace, window.span, lines), firedAlerts(prometheus, namespace, window.span), restartsOf(prometheus, namespace, window.span)]);
  return reportOf({ stack, madeAt: now, window, judgement: judgeRelease(lines, window, strict), lines, runs, anomalies: anomaliesOf({ lines, runs, alerts, restarts }) });
}

async function evidenceOf(prometheus: Prometheus, namespace: string, span: Span): Promise<ReadonlyMap<string, Evidence>> {
  const all = new Map<string, Evidence>();
  // One after the other: the Prometheus that is asked has the alerts to evaluate besides.
  for (const line of watchList.filter(({ measured }) => measured.by !== "growth")) all.set(line.name, await measure(prometheus, line, namespace, span));
  return all;
}

function found(evidence: ReadonlyMap<string, Evidence>, name: WatchLine["name"]): Evidence {
  const one = evidence.get(name);
  if (one === undefined) throw new Error(`The watch list has no line ${name}.`);
  return one;
}

async function runsOf(prometheus: Prometheus, namespace: string, span: Span, lines: readonly JudgedLine[]): Promise<RunRecord[]> {
  const step = stepOf(span);
  const one = async (query: string): Promise<readonly Sample[]> => (await prometheus.series(query, span, step))[0]?.samples ?? [];
  const ends = await one(endOfNewestRun(namespace));
  const [mapes, outliers, repeated] = await Promise.all(
    (["forecast_accuracy_mape_percentage", "forecast_outlier_items", "forecast_outlier_items_repeated"] as const).map(async (gauge) => new Map(valuesOfRuns(ends, await one(`max(${series(gauge, { namespace })})`), span).map(({ endedAt, value }) => [endedAt, value]))),
  );
  const memory = lines.find(({ line }) => line.name === "peak-memory")?.evidence.samples ?? [];
  return valuesOfRuns(ends, ends, span).map(({ endedAt }) => {
    const used = memory.filter(({ at }) => at > endedAt - RUN_SECONDS && at <= endedAt + step).map(({ value }) => value);
    return { endedAt, mape: mapes?.get(endedAt) ?? null, outliers: outliers?.get(endedAt) ?? null, repeated: repeated?.get(endedAt) ?? null, peakMemory: used.length === 0 ? null : Math.max(...used) };
  });
}

/** Prometheus's own record of alerts; those that only show something are left out. */
async function firedAlerts(prometheus: Prometheus, namespace: string, span: Span): Promise<FiredAlert[]> {
  const step = stepOf(span);
  const fired = await prometheus.series(`max by (alertname, severity) (ALERTS{alertstate="firing",severity!="info",namespace="${namespace}"})`, span, step);
  return fired.map(({ labels, samples }) => ({ alert: labels["alertname"] ?? "", severity: labels["severity"] ?? "", since: samples[0]?.at ?? span.from, minutes: Math.max(1, Math.round((samples.length * step) / 60)) }));
}

async function restartsOf(prometheus: Prometheus, namespace: string, span: Span): Promise<Restart[]> {
  const window = `${Math.round(span.to - span.from)}s`;
  const restarted = await prometheus.series(`sum by (pod, container) (increase(${series("kube_pod_container_status_restarts_total", { namespace })}[${window}])) > 0.5`, { from: span.to, to: span.to }, 60);
  return restarted.map(({ labels, samples }) => ({ pod: labels["pod"] ?? "", container: labels["container"] ?? "", times: Math.round(samples[0]?.value ?? 0) }));
}
