import { describe, expect, it } from "@jest/globals";
import { releaseWindow, type ReleaseUpdate, secondsUntilLookedAt } from "./release-window.ts";

const update = (release: number | null, startTime: number, endTime: number): ReleaseUpdate => ({ release, entry: { startTime, endTime, message: `Release ${String(release)}\nand more` } });
const updates = [update(1, 0, 100), update(2, 5_000, 5_100), update(null, 6_000, 6_050), update(3, 9_000, 9_100)];

describe("the window of a release", () => {
  it("begins when Prometheus has looked at what was updated, and is compared with as much of the release before", () => {
    expect(releaseWindow("dev", updates, 3, 3_600, 20_000)).toEqual({ release: 3, message: "Release 3", span: { from: 9_130, to: 12_730 }, missing: 0, cutShort: null, before: { release: 2, span: { from: 5_400, to: 9_000 } } });
  });

  it("is that of the newest release unless told, and says what is missing of it", () => {
    expect(releaseWindow("dev", updates, undefined, 3_600, 9_400)).toMatchObject({ release: 3, span: { from: 9_130, to: 9_400 }, missing: 3_330, cutShort: null });
  });

  it("ends where another release began, not at an update that failed", () => {
    expect(releaseWindow("dev", updates, 2, 3_600 * 48, 20_000)).toMatchObject({ span: { from: 5_130, to: 9_000 }, missing: 168_930, cutShort: "release 3 replaced it" });
  });

  it("has nothing to compare the first release with, and of the others no more than they lasted", () => {
    expect(releaseWindow("dev", updates, 1, 600, 20_000).before).toBeNull();
    expect(releaseWindow("dev", updates, 2, 86_400, 20_000).before).toEqual({ release: 1, span: { from: 130, to: 5_000 } });
  });

  it("is empty for a release that was replaced before Prometheus had looked at it, as is what the next one is compared with", () => {
    const quick = [update(1, 0, 100), update(2, 110, 200)];
    expect(releaseWindow("dev", quick, 1, 600, 20_000)).toEqual({ release: 1, message: "Release 1", span: { from: 130, to: 130 }, missing: 600, cutShort: "release 2 replaced it", before: null });
    expect(releaseWindow("dev", quick, 2, 600, 20_000)).toMatchObject({ span: { from: 230, to: 830 }, missing: 0, before: { release: 1, span: { from: 130, to: 130 } } });
  });

  it("opens two scrapes after the update, until when whoever waits has to wait", () => {
    expect([9_100, 9_130, 9_131, 20_000].map((now) => secondsUntilLookedAt(updates, 3, now))).toEqual([31, 1, 0, 0]);
    expect([secondsUntilLookedAt(updates, undefined, 9_100), secondsUntilLookedAt(updates, 1, 9_100), secondsUntilLookedAt([], undefined, 0)]).toEqual([31, 0, 0]);
  });

  it.each([
    [updates, 4, 20_000, "The stack dev has no release 4; it has 1 to 3."],
    [[], undefined, 20_000, "The stack dev has no release yet: deploy it first."],
    [updates, 3, 9_130, "Release 3 of dev has only just been deployed: there is nothing to look at yet."],
  ] as const)("is refused with one sentence where there is none (%#)", (all, release, now, sentence) => {
    expect(() => releaseWindow("dev", all, release, 3_600, now)).toThrow(sentence);
  });
});
