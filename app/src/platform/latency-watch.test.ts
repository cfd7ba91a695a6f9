import { describe, expect, it } from "@jest/globals";
import { FEWEST_REQUESTS, LatencyWatch } from "./latency-watch.ts";

const MINUTES = 60_000;

function watchAt(): { watch: LatencyWatch; pass: (ms: number) => void } {
  let now = 0;
  return { watch: new LatencyWatch(() => now), pass: (ms) => (now += ms) };
}

describe("the percentiles of what requests took", () => {
  it("are known after five minutes, within a thousandth", () => {
    const { watch, pass } = watchAt();
    for (let ms = 1; ms <= 1_000; ms += 1) watch.record(ms);
    expect(watch.percentiles()).toBeUndefined();
    pass(5 * MINUTES);
    const { requests, p95Ms, p99Ms } = watch.percentiles() ?? { requests: 0, p95Ms: 0, p99Ms: 0 };
    expect(requests).toBe(1_000);
    expect(Math.abs(p95Ms - 950)).toBeLessThan(2);
    expect(Math.abs(p99Ms - 990)).toBeLessThan(2);
  });

  it("are those of the last five minutes and not of all time", () => {
    const { watch, pass } = watchAt();
    for (let index = 0; index < FEWEST_REQUESTS; index += 1) watch.record(500);
    pass(5 * MINUTES);
    for (let index = 0; index < FEWEST_REQUESTS; index += 1) watch.record(2);
    pass(5 * MINUTES);
    expect(watch.percentiles()?.p99Ms).toBeCloseTo(2, 1);
  });

  it("are not known from too few requests, nor from long ago", () => {
    const { watch, pass } = watchAt();
    for (let index = 1; index < FEWEST_REQUESTS; index += 1) watch.record(500);
    pass(5 * MINUTES);
    expect(watch.percentiles()).toBeUndefined();
    for (let index = 0; index < FEWEST_REQUESTS; index += 1) watch.record(500);
    pass(20 * MINUTES);
    expect(watch.percentiles()).toBeUndefined();
  });
});
