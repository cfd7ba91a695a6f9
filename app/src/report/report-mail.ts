import escapeHtml from "escape-html";
import { OUTLIER_MAPE } from "../runs/sql/outliers.ts";
import type { DailyReport } from "./daily-report.ts";

/** A heading with sentences and perhaps a table: what both forms of a mail are made from. */
interface Section {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly table?: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** The report as a mail: a subject that says what matters, and the same content as text and as HTML. */
export function reportMail(report: DailyReport): { subject: string; text: string; html: string } {
  const subject = subjectOf(report);
  const sections = [runSection(report), ...highVarianceSection(report), measuredSection(report), replenishmentSection(report), healthSection(report), runsSection(report)];
  const footer = `Tenant ${report.tenant}, forecast service ${report.version}, ${moment(report.generatedAt)} UTC.`;
  return { subject, text: asText(subject, sections, footer), html: asHtml(subject, sections, footer) };
}

function subjectOf({ runs: [run], mapeThreshold, highVariance }: DailyReport): string {
  if (run === undefined) return "Forecast report: no run has ended yet";
  if (run.status === "failed") return "Forecast report: the last run failed";
  const verdict = run.mape === null ? "MAPE has no value" : `MAPE ${percent(run.mape)}, ${run.mape <= mapeThreshold ? "within" : "above"} the target of ${mapeThreshold} %`;
  return `Forecast report: ${verdict}${highVariance === null ? "" : `, ${counted(highVariance.count, "item")} of high variance`}`;
}

function runSection({ runs: [run, before], mapeThreshold }: DailyReport): Section {
  const title = "The last forecast run";
  if (run === undefined) return { title, sentences: ["No run has ended yet."] };
  if (run.status === "failed") return { title, sentences: [`It failed at ${moment(run.finishedAt)} UTC: ${run.error ?? "the log has the reason"} The forecasts of the run before are served.`] };
  const change = run.mape === null || before?.mape === null || before?.mape === undefined ? "" : ` (${signed(run.mape - before.mape)} points against the run before)`;
  return {
    title,
    sentences: [
      `${counted(run.items, "item")} forecast in ${run.seconds === null ? "unknown time" : `${run.seconds.toFixed(1)} s`}, finished ${moment(run.finishedAt)} UTC, demand known until ${run.asOf ?? "no day"}.`,
      `MAPE ${percent(run.mape)}${change}, target ${mapeThreshold} %; WAPE ${percent(run.wape)}. Both come from back-tests.`,
      ...(run.outlierItems === null || run.outlierItems === 0 ? [] : [`${counted(run.outlierItems, "item")} ${run.outlierItems === 1 ? "is an outlier" : "are outliers"}, with a MAPE above ${OUTLIER_MAPE} %: GET /api/forecast/runs/${run.runId}/accuracy lists the worst.`]),
    ],
  };
}

function highVarianceSection({ highVariance }: DailyReport): Section[] {
  if (highVariance === null) return [];
  const { count, allowed, abovePercent, items } = highVariance;
  const title = "High Variance Items";
  if (count === 0) return [{ title, sentences: [`No item has a MAPE above ${abovePercent} %.`] }];
  const sentence = `${counted(count, "item")} ${count === 1 ? "has" : "have"} a MAPE above ${abovePercent} %${count > allowed ? `, more than the ${allowed} that are allowed` : ""}${count > items.length ? `; the worst ${items.length} are` : ""}:`;
  return [{ title, sentences: [sentence], table: { columns: ["SKU", "Facility", "Model", "MAPE", "WAPE", "Volume"], rows: items.map(({ sku, facility, model, mape, wape, volume }) => [sku, facility, model, percent(mape), percent(wape), amount(volume)]) } }];
}

function measuredSection({ measured }: DailyReport): Section {
  const title = "What the forecasts were worth";
  if (measured === null) return { title, sentences: ["Nothing was measured yet: a forecast is compared once its days have passed."] };
  const { from, to, series, mape, wape, bias, leaning } = measured;
  return { title, sentences: [`From ${from} to ${to}, over ${counted(series, "item")}: MAPE ${percent(mape)}, WAPE ${percent(wape)}, bias ${percent(bias)}.`, `${counted(leaning, "item")} ${leaning === 1 ? "is" : "are"} forecast too high or too low again and again (tracking signal beyond ±4).`] };
}

function replenishmentSection({ replenishment: { pending, critical, mostUrgent } }: DailyReport): Section {
  const sentences = [`${counted(pending, "suggestion")} ${pending === 1 ? "waits" : "wait"} for a decision, ${critical} of them critical.`];
  if (mostUrgent.length === 0) return { title: "Replenishment", sentences };
  return { title: "Replenishment", sentences, table: { columns: ["SKU", "Facility", "Urgency", "Order", "Supplier"], rows: mostUrgent.map(({ sku, facility, urgency, quantity, supplier }) => [sku, facility, urgency, amount(quantity), supplier ?? ""]) } };
}

function healthSection({ health }: DailyReport): Section {
  if (health === null) return { title: "Health", sentences: ["The health job has not run yet."] };
  return { title: "Health", sentences: [`The service was ${health.status} at ${moment(health.checkedAt)} UTC.`, ...health.faults] };
}

function runsSection({ runs }: DailyReport): Section {
  const rows = runs.map(({ finishedAt, status, items, seconds, mape, wape, highVarianceItems }) => [moment(finishedAt), status, String(items), seconds === null ? "" : seconds.toFixed(1), percent(mape), percent(wape), highVarianceItems === null ? "" : String(highVarianceItems)]);
  return { title: "Recent runs", sentences: [], table: { columns: ["Finished (UTC)", "Outcome", "Items", "Seconds", "MAPE", "WAPE", "High variance"], rows } };
}

function asText(subject: string, sections: readonly Section[], footer: string): string {
  const parts = sections.map(({ title, sentences, table }) => [title, "-".repeat(title.length), ...sentences, ...(table === undefined ? [] : textTable([table.columns, ...table.rows]))].join("\n"));
  return `${[subject, ...parts, footer].join("\n\n")}\n`;
}

function textTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

/** Mail programs know neither style sheets of their own nor much of CSS: every style stands at its element. */
const style = {
  body: "margin:0;padding:24px;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:1.5;color:#1f2933;background:#ffffff",
  title: "font-size:18px;margin:0 0 16px",
  heading: "font-size:15px;margin:24px 0 4px",
  paragraph: "margin:0 0 4px",
  table: "border-collapse:collapse;margin:8px 0",
  head: "text-align:left;padding:4px 12px 4px 0;border-bottom:2px solid #1f2933;font-size:13px",
  cell: "text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid #d9e2ec;font-size:13px",
  footer: "margin:24px 0 0;color:#52606d;font-size:12px",
} as const;

function asHtml(subject: string, sections: readonly Section[], footer: string): string {
  const tag = (name: string, css: string, content: string) => `<${name} style="${css}">${content}</${name}>`;
  const row = (name: "th" | "td", css: string, cells: readonly string[]) => `<tr>${cells.map((cell) => tag(name, css, escapeHtml(cell))).join("")}</tr>`;
  const parts = sections.map(({ title, sentences, table }) =>
    [
      tag("h2", style.heading, escapeHtml(title)),
      ...sentences.map((sentence) => tag("p", style.paragraph, escapeHtml(sentence))),
      ...(table === undefined ? [] : [tag("table", style.table, [row("th", style.head, table.columns), ...table.rows.map((cells) => row("td", style.cell, cells))].join("\n"))]),
    ].join("\n"),
  );
  const body = [tag("h1", style.title, escapeHtml(subject)), ...parts, tag("p", style.footer, escapeHtml(footer))].join("\n");
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>\n<body style="${style.body}">\n${body}\n</body></html>\n`;
}

function percent(value: number | null): string {
  return value === null ? "unknown" : `${value.toFixed(1)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function amount(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function moment(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
