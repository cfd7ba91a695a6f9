import { nextSteps } from "./next-steps.ts";
import type { ReportedLine, ValidationReport } from "./report.ts";
import { spellBound, spellTime, spellValue } from "./values.ts";

/** The report as Markdown. */
export function markdownReport(report: ValidationReport): string {
  const { stack, release, message, madeAt, window, before, decision, reasons, score, lines, runs, anomalies } = report;
  const missing = window.missing === 0 ? "" : `; ${Math.ceil(window.missing / 60)} minutes of it are missing${window.cutShort === null ? "" : ` (${window.cutShort})`}`;
  return `${[
    `# Release ${release} of ${stack}: ${decision}`,
    cell(message),
    `Window: ${spellTime(window.from)} to ${spellTime(window.to)}${missing}. Made ${spellTime(madeAt)}.`,
    "## Summary",
    `Stability score: ${spellScore(score)}.`,
    bullets(reasons, "Every line of the watch list is within its bound."),
    "## Watch list",
    table(["", "value", "bound", "within, share of the time", "verdict"], lines.filter(({ kind }) => kind === "watch-list").map((line) => row(line))),
    "## Targets of the next release",
    table(["", "value", "bound", "within, share of the time", "verdict"], lines.filter(({ kind }) => kind === "target").map((line) => row(line))),
    "## Compared with the release before",
    before === null ? "There is none." : `Release ${before.release}, ${spellTime(before.span.from)} to ${spellTime(before.span.to)}.`,
    ...(before === null ? [] : [table(["", `release ${before.release}`, `release ${release}`], lines.filter(({ kind }) => kind === "watch-list").map(({ title, unit, value, before: then }) => [title, spellValue(then, unit), spellValue(value, unit)]))]),
    "## Runs",
    runs.length === 0 ? "No run ended within the window." : table(["ended", "MAPE", "items with a high MAPE", "of them in the run before, too", "peak memory"], runs.map((run) => [spellTime(run.endedAt), spellValue(run.mape, "percent"), spellValue(run.outliers, "count"), spellValue(run.repeated, "count"), spellValue(run.peakMemory, "ratio")])),
    "## What stands out",
    bullets(anomalies, "Nothing."),
    "## What to do",
    bullets(nextSteps(report), ""),
    "## Evidence",
    ...lines.map((line) => evidence(line)),
  ].join("\n\n")}\n`;
}

/** The score as people read it. */
export function spellScore(score: number | null): string {
  return score === null ? "unknown, because a line of the watch list is" : `${score.toFixed(2)} of 100`;
}

function row({ title, value, unit, bound, shareWithin, verdict }: ReportedLine): string[] {
  return [title, spellValue(value, unit), spellBound(bound, unit), shareWithin === null ? "unknown" : `${(100 * shareWithin).toFixed(1)} %`, verdict];
}

function evidence({ title, name, value, unit, bound, verdict, unknown, query, span, samples }: ReportedLine): string {
  return `### ${title} (${name})\n\n${verdict}: ${unknown === null ? `${spellValue(value, unit)}, bound ${spellBound(bound, unit)}` : unknown}; ${samples.length} samples, ${spellTime(span.from)} to ${spellTime(span.to)}.\n\n\`\`\`promql\n${query}\n\`\`\``;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows.map((cells) => cells.map(cell))].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function bullets(items: readonly string[], none: string): string {
  return items.length === 0 ? none : items.map((item) => `- ${cell(item)}`).join("\n");
}

/** Text of others, on one line and without what Markdown would read. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[|<`]/g, (mark) => `\\${mark}`);
}
