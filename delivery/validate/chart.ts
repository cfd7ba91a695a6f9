import { isWithin, limitOf } from "@forecast-stack/monitoring/watch-list.ts";
import type { ReportedLine } from "@forecast-stack/monitoring/validation/report.ts";
import { spellBound, spellTime, spellValue } from "@forecast-stack/monitoring/validation/values.ts";

const WIDTH = 720;
const HEIGHT = 140;
const LEFT = 64;
const BOTTOM = 20;

/** A line over its window as an SVG: its values, its bound, and what is out of it in red. */
export function chartOf({ title, unit, bound, span, samples }: ReportedLine): string {
  const finite = samples.filter(({ value }) => Number.isFinite(value));
  const limit = limitOf(bound);
  const values = [limit, ...finite.map(({ value }) => value)];
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const margin = (highest - lowest || Math.abs(highest) || 1) * 0.1;
  const x = (at: number): number => LEFT + ((at - span.from) / Math.max(1, span.to - span.from)) * (WIDTH - LEFT - 8);
  const y = (value: number): number => HEIGHT - BOTTOM - ((value - lowest + margin) / (highest - lowest + 2 * margin)) * (HEIGHT - BOTTOM - 8);
  const place = ({ at, value }: { readonly at: number; readonly value: number }): string => `${x(at).toFixed(1)},${y(value).toFixed(1)}`;
  const bad = finite.filter(({ value }) => !isWithin(value, bound, unit));
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)} over time">`,
    `<line class="bound" x1="${LEFT}" x2="${WIDTH - 8}" y1="${y(limit).toFixed(1)}" y2="${y(limit).toFixed(1)}"/>`,
    `<text x="${LEFT - 6}" y="${(y(limit) + 4).toFixed(1)}" text-anchor="end">${escapeHtml(spellBound(bound, unit))}</text>`,
    `<polyline points="${finite.map(place).join(" ")}"/>`,
    ...finite.length > 60 ? [] : finite.map((sample) => `<circle r="2.5" cx="${place(sample).replace(",", '" cy="')}"/>`),
    ...bad.map((sample) => `<circle class="bad" r="3" cx="${place(sample).replace(",", '" cy="')}"><title>${escapeHtml(`${spellTime(sample.at)}: ${spellValue(sample.value, unit)}`)}</title></circle>`),
    `<text x="${LEFT}" y="${HEIGHT - 4}">${spellTime(span.from)}</text><text x="${WIDTH - 8}" y="${HEIGHT - 4}" text-anchor="end">${spellTime(span.to)}</text>`,
    "</svg>",
  ].join("");
}

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
