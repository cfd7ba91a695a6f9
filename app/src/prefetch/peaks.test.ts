import { describe, expect, it } from "@jest/globals";
import { duePrefetch } from "./peaks.ts";

const peaks = { hours: [11, 17], leadMinutes: 2 };

describe("the prefetch before a peak", () => {
  it.each([
    ["2026-03-02T11:27:59Z", undefined],
    ["2026-03-02T11:28:00Z", "2026-03-02T11:28:00.000Z"],
    ["2026-03-02T17:29:30Z", "2026-03-02T17:28:00.000Z"],
    ["2026-03-02T17:33:00Z", undefined],
    ["2026-03-02T02:05:00Z", undefined],
  ])("at %s: due is %s", (now, due) => {
    expect(duePrefetch(new Date(now), peaks)?.toISOString()).toBe(due);
  });

  it("moves with the hours and the lead time", () => {
    expect(duePrefetch(new Date("2026-03-02T08:15:10Z"), { hours: [8], leadMinutes: 15 })?.toISOString()).toBe("2026-03-02T08:15:00.000Z");
  });
});
