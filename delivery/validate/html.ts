import { chartOf, escapeHtml } from "./chart.ts";
import { spellScore } from "@forecast-stack/monitoring/validation/markdown.ts";
import { nextSteps } from "@forecast-stack/monitoring/validation/next-steps.ts";
import type { ReportedLine, ValidationReport } from "@forecast-stack/monitoring/validation/report.ts";
import { spellBound, spellTime, spellValue } from "@forecast-stack/monitoring/validation/values.ts";

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2024; background: #fff }
  h1 span, td.verdict { font-weight: 700 } .GO, .pass { color: #18794e } .NO-GO, .fail { color: #c62a2f } .UNKNOWN, .unknown { color: #946800 }
  table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dfe3e6 }
  svg { width: 100%; background: #f8f9fa } polyline { fill: none; stroke: #0072b2; stroke-width: 1.5 } circle { fill: #0072b2 } circle.bad { fill: #c62a2f } svg text { font-size: 10px; fill: #687076 } line.bound { stroke: #946800; stroke-dasharray: 4 3 }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f8f9fa; padding: .6rem } details { margin: .3rem 0 }`;

/** The report as one HTML file that needs nothing else. */
export function htmlReport(report: ValidationReport): string {
  const { stack, release, message, madeAt, window, before, decision, reasons, score, lines, runs, anomalies } = report;
  const title = `Release ${release} of ${stack}`;
  const comparison = before === null ? "<p>There is no release before it.</p>" : `<p>Release ${before.release}, ${spellTime(before.span.from)} to ${spellTime(before.span.to)}: the column “before”.</p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(`${title}: ${decision}`)}</title><style>${style}</style></head><body>
<h1>${escapeHtml(title)}: <span class="${decision}">${decision}</span></h1>
<p>${escapeHtml(message)}</p>
<p>${spellTime(window.from)} to ${spellTime(window.to)}${window.missing === 0 ? "" : `; ${Math.ceil(window.missing / 60)} minutes of the window are missing`}. Made ${spellTime(madeAt)}.</p>
<p>Stability score: <b>${spellScore(score)}</b></p>
${list(reasons)}
<h2>Watch list</h2>${comparison}${linesTable(lines.filter(({ kind }) => kind === "watch-list"))}
<h2>Targets of the next release</h2>${linesTable(lines.filter(({ kind }) => kind === "target"))}
<h2>Runs</h2>${runs.length === 0 ? "<p>No run ended within the window.</p>" : table(["ended", "MAPE", "items with a high MAPE", "of them in the run before, too", "peak memory"], runs.map((run) => [spellTime(run.endedAt), spellValue(run.mape, "percent"), spellValue(run.outliers, "count"), spellValue(run.repeated, "count"), spellValue(run.peakMemory, "ratio")]))}
<h2>What stands out</h2>${anomalies.length === 0 ? "<p>Nothing.</p>" : list(anomalies)}
<h2>What to do</h2>${list(nextSteps(report))}
<h2>Evidence</h2>
${lines.map(evidence).join("\n")}
</body></html>
`;
}

function linesTable(lines: readonly ReportedLine[]): string {
  const rows = lines.map(({ title, value, before, unit, bound, shareWithin, verdict }) => [title, spellValue(value, unit), spellValue(before, unit), spellBound(bound, unit), shareWithin === null ? "unknown" : `${(100 * shareWithin).toFixed(1)} %`, verdict]);
  return table(["", "value", "before", "bound", "within, share of the time", "verdict"], rows);
}

function evidence(line: ReportedLine): string {
  const { title, name, value, unit, unknown, query, samples } = line;
  const chart = samples.length < 2 ? "" : chartOf(line);
  return `<section id="${name}"><h3>${escapeHtml(title)} (${name})</h3><p class="${line.verdict}">${line.verdict}: ${escapeHtml(unknown ?? spellValue(value, unit))}; ${samples.length} samples</p>${chart}<details><summary>Query</summary><pre>${escapeHtml(query)}</pre></details></section>`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td${verdicts.has(cell) ? ` class="verdict ${cell}"` : ""}>${escapeHtml(cell)}</td>`).join("")}</tr>`);
  return `<table><tr>${header.map((name) => `<th>${escapeHtml(name)}</th>`).join("")}</tr>${body.join("")}</table>`;
}

const verdicts: ReadonlySet<string> = new Set(["pass", "fail", "unknown"]);

function list(items: readonly string[]): string {
  return items.length === 0 ? "" : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
}
