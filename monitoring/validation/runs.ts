import type { Sample } from "./prometheus.ts";
import type { Span } from "./release-window.ts";

/** A run that ended within the window, with what a gauge of the newest run said of it. */
export interface RunValue {
  /** When it ended, in seconds since 1970. */
  readonly endedAt: number;
  readonly value: number;
}

/**
 * Reads a value for each run out of a gauge of the newest one: the last thing it
 * said while that run was the newest.
 *
 * @param ends when the newest completed run had ended, at each moment
 */
export function valuesOfRuns(ends: readonly Sample[], gauge: readonly Sample[], span: Span): RunValue[] {
  const said = new Map(gauge.map(({ at, value }) => [at, value]));
  const byRun = new Map<number, number>();
  for (const { at, value: endedAt } of ends) {
    const value = said.get(at);
    if (value !== undefined && endedAt >= span.from && endedAt <= span.to) byRun.set(endedAt, value);
  }
  return [...byRun].map(([endedAt, value]) => ({ endedAt, value }));
}
