import { sampleValue } from "@forecast-stack/monitoring/sample-value.ts";
import type { Moments, Series } from "./ask-prometheus.ts";

/** Seconds since 1970 and the value; null where there is none to draw. */
export type Sample = readonly [number, number | null];

/** NaN is what Prometheus says for 0 / 0: nothing to draw. */
export function sampleOf([at, text]: readonly [number, string]): Sample {
  const value = sampleValue(text);
  return [at, Number.isFinite(value) ? value : null];
}

/** A sample for each moment that was asked for: what Prometheus left out is a gap, and no line is drawn across it. */
export function withGaps({ values }: Series, { from, to, step }: Moments): Sample[] {
  const known = new Map(values.map((one) => [Math.round((one[0] - from) / step), sampleOf(one)[1]]));
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => [from + index * step, known.get(index) ?? null]);
}
