import { describe, expect, it } from "@jest/globals";
import type { WatchLine } from "../watch-list.ts";
import { grown, type JudgedLine, judgeLine, judgeRelease } from "./judge.ts";
import type { Evidence } from "./measure.ts";

const span = { from: 0, to: 600 };
const full = { missing: 0, cutShort: null };
const line = (changes: Partial<WatchLine> = {}): WatchLine => ({ name: "memory", title: "Peak memory", unit: "ratio", bound: { atMost: 0.62 }, kind: "watch-list", measured: { by: "window", value: () => "x" }, ...changes });
const evidence = (value: number | null, values: readonly number[] = []): Evidence => ({ query: "x", span, value, unknown: value === null ? "nobody looked" : null, samples: values.map((one, index) => ({ at: 60 * index, value: one })) });
const judged = (value: number | null, values: readonly number[] = [], changes: Partial<WatchLine> = {}): JudgedLine => judgeLine(line(changes), evidence(value, values), null);

describe("the verdict of a line", () => {
  it.each([
    [{ atMost: 0.62 }, "ratio", 0.62, "pass"],
    [{ atMost: 0.62 }, "ratio", 0.6201, "fail"],
    [{ atLeast: 0.99 }, "ratio", 0.99, "pass"],
    [{ atLeast: 0.99 }, "ratio", 0.9899, "fail"],
    [{ over: 0.995 }, "ratio", 0.995, "fail"],
    [{ under: 24 }, "percent", 24, "fail"],
    // increase() estimates: 0.4 of an error is none, 0.6 is one.
    [{ atMost: 0 }, "count", 0.4, "pass"],
    [{ atMost: 0 }, "count", 0.6, "fail"],
  ] as const)("for a bound %j (%s), %d is a %s", (bound, unit, value, verdict) => {
    expect(judged(value, [], { bound, unit }).verdict).toBe(verdict);
  });

  it("names the stretches that were out of the bound, and the share of the time that was not", () => {
    const { shareWithin, outside } = judged(0.6, [0.5, 0.7, 0.8, 0.5, 0.9, 0.5, 0.5, 0.5]);
    expect({ shareWithin, outside }).toEqual({ shareWithin: 5 / 8, outside: [{ from: 60, to: 120 }, { from: 240, to: 240 }] });
  });

  it("is unknown without a value, whatever the samples say", () => {
    expect(judged(null, [0.1, 0.1])).toMatchObject({ verdict: "unknown", shareWithin: null });
  });
});

describe("the decision over a release", () => {
  it("is GO when every line of the watch list is within its bound, all the time", () => {
    expect(judgeRelease([judged(0.5, [0.5]), judged(0.6, [0.6])], full, false)).toEqual({ decision: "GO", reasons: [], score: 100 });
  });

  it("is NO-GO for one line, even while others are unknown or the window goes on", () => {
    const { decision, reasons } = judgeRelease([judged(0.9), judged(null)], { missing: 3_600, cutShort: null }, false);
    expect([decision, reasons]).toEqual(["NO-GO", ["Peak memory is out of its bound."]]);
  });

  it("is NO-GO when every line passes over the window and yet the bounds were left too often", () => {
    const { decision, reasons, score } = judgeRelease([judged(0.5, [0.5]), judged(0.5, Array.from({ length: 100 }, (_, at) => (at < 2 ? 0.7 : 0.5)))], full, false);
    expect([decision, reasons, score]).toEqual(["NO-GO", ["The stability score is 99.00, below 99.5."], 99]);
  });

  it("is UNKNOWN when something is not known, and says what", () => {
    expect(judgeRelease([judged(0.5), judged(null)], full, false)).toEqual({ decision: "UNKNOWN", reasons: ["Peak memory is unknown: nobody looked."], score: null });
  });

  it("is UNKNOWN when the release was replaced before its window was full", () => {
    const { decision, reasons } = judgeRelease([judged(0.5)], { missing: 5_400, cutShort: "release 8 replaced it" }, false);
    expect([decision, reasons]).toEqual(["UNKNOWN", ["The window is not full: 90 minutes of it are missing, because release 8 replaced it."]]);
  });

  it("rests on the targets only when that is asked for", () => {
    const lines = [judged(0.5), judged(0.9, [], { kind: "target" })];
    expect([judgeRelease(lines, full, false).decision, judgeRelease(lines, full, true).decision]).toEqual(["GO", "NO-GO"]);
  });
});

describe("growth since the release before", () => {
  it("is in percent of its value", () => {
    expect(grown(evidence(0.63), evidence(0.6)).value).toBeCloseTo(5);
  });

  it.each([
    ["there is no release before", undefined, "there is no release before it"],
    ["nothing is known of the release before", evidence(null), "of the release before: nobody looked"],
  ])("is unknown when %s", (_what, before, reason) => {
    expect(grown(evidence(0.6), before)).toMatchObject({ value: null, unknown: reason });
  });
});
