import type { Unit } from "../catalogue/metric-definition.ts";
import type { Bound } from "../watch-list.ts";
import type { Decision, JudgedLine, Judgement } from "./judge.ts";
import type { Sample } from "./prometheus.ts";
import type { ReleaseWindow, Span } from "./release-window.ts";

/** A forecast run that ended within the window. */
export interface RunRecord {
  readonly endedAt: number;
  readonly mape: number | null;
  /** Items with a high MAPE, and those of them that the run before had, too. */
  readonly outliers: number | null;
  readonly repeated: number | null;
  /** Highest share of memory that a process used in the half hour before it ended. */
  readonly peakMemory: number | null;
}

/** A line with all that its verdict rests on. */
export interface ReportedLine {
  readonly name: string;
  readonly title: string;
  readonly kind: "watch-list" | "target";
  readonly unit: Unit;
  readonly bound: Bound;
  readonly verdict: "pass" | "fail" | "unknown";
  readonly value: number | null;
  readonly before: number | null;
  readonly unknown: string | null;
  readonly shareWithin: number | null;
  readonly query: string;
  readonly span: Span;
  readonly samples: readonly Sample[];
}

/** The validation of a release, as `--json` and the JSON file give it. Times are seconds since 1970. */
export interface ValidationReport {
  readonly format: 1;
  readonly stack: string;
  readonly release: number;
  readonly message: string;
  readonly madeAt: number;
  readonly window: Span & { readonly missing: number; readonly cutShort: string | null };
  readonly before: ReleaseWindow["before"];
  readonly decision: Decision;
  readonly reasons: readonly string[];
  readonly score: number | null;
  readonly lines: readonly ReportedLine[];
  readonly runs: readonly RunRecord[];
  readonly anomalies: readonly string[];
}

export interface ReportParts {
  readonly stack: string;
  readonly madeAt: number;
  readonly window: ReleaseWindow;
  readonly judgement: Judgement;
  readonly lines: readonly JudgedLine[];
  readonly runs: readonly RunRecord[];
  readonly anomalies: readonly string[];
}

export function reportOf({ stack, madeAt, window, judgement, lines, runs, anomalies }: ReportParts): ValidationReport {
  const { release, message, span, missing, cutShort, before } = window;
  return { format: 1, stack, release, message, madeAt, window: { ...span, missing, cutShort }, before, ...judgement, lines: lines.map(reportedLine), runs, anomalies };
}

function reportedLine({ line: { name, title, kind, unit, bound }, evidence: { query, span, value, unknown, samples }, before, verdict, shareWithin }: JudgedLine): ReportedLine {
  return { name, title, kind, unit, bound, verdict, value, before, unknown, shareWithin, query, span, samples };
}
