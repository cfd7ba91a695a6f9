import { z } from "zod";

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time as people write it, such as 30m or 2d. */
export const duration = z.string().regex(/^[1-9]\d{0,5}[smhd]$/, "must be a number of seconds, minutes, hours or days, for example 30m");

/** A checked duration in milliseconds. */
export function milliseconds(text: string): number {
  return Number(text.slice(0, -1)) * (unitMs[text.slice(-1)] ?? Number.NaN);
}

/** Milliseconds as people read them: the largest two units. */
export function spellDuration(ms: number): string {
  const parts = Object.entries(unitMs).reverse().reduce<{ rest: number; parts: string[] }>(
    ({ rest, parts: before }, [unit, size]) => {
      const count = Math.floor(rest / size);
      return { rest: rest - count * size, parts: count === 0 ? before : [...before, `${count}${unit}`] };
    },
    { rest: Math.max(0, ms), parts: [] },
  ).parts;
  return parts.length === 0 ? "0s" : parts.slice(0, 2).join(" ");
}
