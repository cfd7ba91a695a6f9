import type { Unit } from "../catalogue/metric-definition.ts";
import { type Bound, limitOf } from "../watch-list.ts";

/** A value as people read it: `99.31 %`, `18 ms`, `84 s`, `3`. */
export function spellValue(value: number | null, unit: Unit): string {
  if (value === null) return "unknown";
  switch (unit) {
    case "ratio":
      return `${rounded(100 * value)} %`;
    case "percent":
      return `${rounded(value)} %`;
    case "seconds":
      return Math.abs(value) < 1 ? `${rounded(1_000 * value)} ms` : `${rounded(value)} s`;
    default:
      return rounded(value);
  }
}

/** `≥ 99 %`, `< 24 %`. */
export function spellBound(bound: Bound, unit: Unit): string {
  const sign = "atLeast" in bound ? "≥" : "atMost" in bound ? "≤" : "over" in bound ? ">" : "<";
  return `${sign} ${spellValue(limitOf(bound), unit)}`;
}

/** `2026-03-04 05:06 UTC`. */
export function spellTime(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(2)));
}

/** A length of time, rounded up: `40 minutes`, `48 hours`. */
export function spellDuration(seconds: number): string {
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3_600)} hours`;
}
