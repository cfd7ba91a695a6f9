import { releaseThresholds } from "../thresholds.ts";
import type { JudgedLine } from "./judge.ts";
import type { RunRecord } from "./report.ts";
import { spellTime, spellValue } from "./values.ts";

/** An alert that fired within the window. */
export interface FiredAlert {
  readonly alert: string;
  readonly severity: string;
  readonly since: number;
  readonly minutes: number;
}

/** A container that was started again within the window. */
export interface Restart {
  readonly pod: string;
  readonly container: string;
  readonly times: number;
}

export interface Findings {
  readonly lines: readonly JudgedLine[];
  readonly runs: readonly RunRecord[];
  readonly alerts: readonly FiredAlert[];
  readonly restarts: readonly Restart[];
}

/** A value that got worse by more than this share is worth a look, though it is within its bound. */
const WORSE = 0.1;
/** MAPE of two runs that differ by more than this, in percentage points, have not seen the same demand. */
const MAPE_JUMP = 2;

/** What stands out, one sentence each, whether or not it decides. */
export function anomaliesOf({ lines, runs, alerts, restarts }: Findings): string[] {
  return [
    ...lines.flatMap((one) => outside(one)),
    ...lines.flatMap((one) => worse(one)),
    ...alerts.map(({ alert, severity, since, minutes }) => `The alert ${alert} (${severity}) fired from ${spellTime(since)}, for ${minutes} minutes in all.`),
    ...restarts.map(({ pod, container, times }) => `The container ${container} of ${pod} was started again ${times === 1 ? "once" : `${times} times`}.`),
    ...runs.flatMap((run, index) => betweenRuns(run, runs[index - 1])),
    ...fewOutliers(lines),
  ];
}

function outside({ line, outside: stretches, shareWithin }: JudgedLine): string[] {
  const longest = [...stretches].sort((a, b) => b.to - b.from - (a.to - a.from))[0];
  if (longest === undefined || shareWithin === null || line.kind === "target") return [];
  const share = (100 * (1 - shareWithin)).toFixed(1);
  return [`${line.title} was out of its bound for ${share} % of what was measured; the longest stretch is ${spellTime(longest.from)} to ${spellTime(longest.to)}.`];
}

function worse({ line, evidence, before, verdict }: JudgedLine): string[] {
  const { value } = evidence;
  if (verdict !== "pass" || value === null || before === null || before === 0 || line.kind === "target") return [];
  const risesWhenWorse = "atMost" in line.bound || "under" in line.bound;
  const change = value / before - 1;
  if ((risesWhenWorse ? change : -change) <= WORSE) return [];
  return [`${line.title} went from ${spellValue(before, line.unit)} to ${spellValue(value, line.unit)}, which is still within its bound.`];
}

function betweenRuns(run: RunRecord, previous: RunRecord | undefined): string[] {
  if (previous?.mape === undefined || previous.mape === null || run.mape === null || Math.abs(run.mape - previous.mape) <= MAPE_JUMP) return [];
  return [`The MAPE of the run that ended ${spellTime(run.endedAt)} is ${(run.mape - previous.mape).toFixed(1)} points from that of the run before.`];
}

/** Catalogues have items that are hard to forecast: none at all may mean that nobody looks. */
function fewOutliers(lines: readonly JudgedLine[]): string[] {
  const found = lines.find(({ line }) => line.name === "high-variance-items")?.evidence.value ?? null;
  const { fewest, most } = releaseThresholds.outliers;
  return found === null || found >= fewest ? [] : [`${found} items have a high MAPE, where ${fewest} to ${most} are usual: see whether they are found (ENABLE_ITEM_MAPE_MONITORING).`];
}
