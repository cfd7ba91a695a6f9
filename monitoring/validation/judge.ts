import { releaseThresholds } from "../thresholds.ts";
import { isWithin, type WatchLine } from "../watch-list.ts";
import type { Evidence } from "./measure.ts";
import type { Sample } from "./prometheus.ts";
import type { ReleaseWindow, Span } from "./release-window.ts";
import { spellDuration } from "./values.ts";

/** A line with what was found. */
export interface JudgedLine {
  readonly line: WatchLine;
  readonly evidence: Evidence;
  /** The same value of the release before; null: there is none, or nobody knows. */
  readonly before: number | null;
  readonly verdict: "pass" | "fail" | "unknown";
  /** Share of the moments, or of the runs, at which the value was within its bound; null: nobody knows. */
  readonly shareWithin: number | null;
  /** Stretches that were outside. */
  readonly outside: readonly Span[];
}

/** GO: it stays. NO-GO: it does not. UNKNOWN: nobody can say, which is never good. */
export type Decision = "GO" | "NO-GO" | "UNKNOWN";

export interface Judgement {
  readonly decision: Decision;
  /** What decided, one sentence each; empty for GO. */
  readonly reasons: readonly string[];
  /** 0 to 100; null while a line of the watch list is unknown. */
  readonly score: number | null;
}

export function judgeLine(line: WatchLine, evidence: Evidence, before: number | null): JudgedLine {
  const { value, samples } = evidence;
  if (value === null) return { line, evidence, before, verdict: "unknown", shareWithin: null, outside: [] };
  const within = isWithin(value, line.bound, line.unit);
  const good = samples.filter((sample) => isWithin(sample.value, line.bound, line.unit)).length;
  const shareWithin = samples.length === 0 ? Number(within) : good / samples.length;
  return { line, evidence, before, verdict: within ? "pass" : "fail", shareWithin, outside: stretches(samples, (sample) => !isWithin(sample.value, line.bound, line.unit)) };
}

/**
 * The evidence of a line that says how much another one has grown since the
 * release before, in percent.
 */
export function grown(now: Evidence, before: Evidence | undefined): Evidence {
  const query = `100 * ((${now.query}) / (${before?.query ?? "the release before"}) - 1)`;
  const [one, other] = [now.value, before?.value ?? null];
  if (one === null || other === null || other === 0) {
    const unknown = one === null ? now.unknown : before === undefined ? "there is no release before it" : `of the release before: ${before.unknown ?? "it was 0"}`;
    return { query, span: now.span, value: null, unknown, samples: [] };
  }
  return { query, span: now.span, value: 100 * (one / other - 1), unknown: null, samples: [] };
}

/**
 * Decides over a release. One line out of its bound is enough for NO-GO; what is
 * not known, or not over yet, is no pass.
 *
 * @param strict the targets decide, too
 */
export function judgeRelease(lines: readonly JudgedLine[], window: Pick<ReleaseWindow, "missing" | "cutShort">, strict: boolean): Judgement {
  const deciding = lines.filter(({ line }) => strict || line.kind === "watch-list");
  const score = stabilityScore(lines);
  const failed = deciding.filter(({ verdict }) => verdict === "fail").map(({ line }) => `${line.title} is out of its bound.`);
  const unstable = score !== null && score < releaseThresholds.stabilityScore ? [`The stability score is ${score.toFixed(2)}, below ${releaseThresholds.stabilityScore}.`] : [];
  if (failed.length + unstable.length > 0) return { decision: "NO-GO", reasons: [...failed, ...unstable], score };
  const unknown = deciding.filter(({ verdict }) => verdict === "unknown").map(({ line, evidence }) => `${line.title} is unknown: ${evidence.unknown ?? "no value"}.`);
  const missing = window.missing === 0 ? [] : [`The window is not full: ${spellDuration(window.missing)} of it are missing${window.cutShort === null ? "" : `, because ${window.cutShort}`}.`];
  if (unknown.length + missing.length > 0) return { decision: "UNKNOWN", reasons: [...missing, ...unknown], score };
  return { decision: "GO", reasons: [], score };
}

/** 100 × the mean over the watch list of the share of time that each line was within its bound. */
export function stabilityScore(lines: readonly JudgedLine[]): number | null {
  const shares = lines.filter(({ line }) => line.kind === "watch-list").map(({ shareWithin }) => shareWithin);
  const known = shares.filter((share) => share !== null);
  return known.length < shares.length || known.length === 0 ? null : (100 * known.reduce((sum, share) => sum + share, 0)) / known.length;
}

/** Neighbouring samples of which something is true, as stretches from the first to the last. */
export function stretches(samples: readonly Sample[], is: (sample: Sample) => boolean): Span[] {
  const found: { from: number; to: number }[] = [];
  let open: { from: number; to: number } | undefined;
  for (const sample of samples) {
    if (!is(sample)) open = undefined;
    else if (open === undefined) found.push((open = { from: sample.at, to: sample.at }));
    else open.to = sample.at;
  }
  return found;
}
