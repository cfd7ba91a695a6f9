import { describe, expect, it } from "@jest/globals";
import { sampleValue } from "@forecast-stack/monitoring/sample-value.ts";
import { legendOf } from "./ask-prometheus.ts";
import { momentsOf, rateInterval } from "./moments.ts";
import { withGaps } from "./samples.ts";

const NOW = Date.parse("2026-01-01T12:00:07Z");

describe("the window of a dashboard", () => {
  it("ends with the newest scrape and has a moment for each pair of pixels", () => {
    const to = Date.parse("2026-01-01T12:00:00Z") / 1000;
    expect(momentsOf("now-6h", NOW)).toEqual({ from: to - 21_600, to, step: 72 });
  });

  it("asks no more often than Prometheus reads", () => {
    expect(momentsOf("now-15m", NOW).step).toBe(15);
  });

  it("is refused when nobody knows how long it is", () => {
    expect(() => momentsOf("now/d", NOW)).toThrow("“now/d” is no window that is known here");
  });
});

describe("the window of a rate", () => {
  it("holds at least four scrapes, and leaves no sample between two moments out", () => {
    expect([15, 72].map((step) => rateInterval({ from: 0, to: 0, step }))).toEqual(["60s", "87s"]);
  });
});

describe("a series", () => {
  it("has a gap wherever Prometheus gave nothing, or 0 / 0", () => {
    const series = { metric: {}, values: [[100, "1"], [130, "NaN"], [160, "4"]] as const };
    expect(withGaps(series, { from: 100, to: 160, step: 15 })).toEqual([[100, 1], [115, null], [130, null], [145, null], [160, 4]]);
  });

  it("is named by its labels", () => {
    expect(legendOf("{{ method }} {{route}}", { method: "GET", route: "/api/items" })).toBe("GET /api/items");
    expect(legendOf("{{missing}} p95", {})).toBe("p95");
  });

  it("may be infinite, in Prometheus's spelling", () => {
    expect(["+Inf", "-Inf", "NaN", "1.5"].map(sampleValue)).toEqual([Infinity, -Infinity, NaN, 1.5]);
  });
});
