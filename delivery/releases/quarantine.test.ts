import { describe, expect, it } from "@jest/globals";
import { type QuarantineEntry, withEntry, withoutFingerprint } from "./quarantine.ts";

const left = (fingerprint: string, release: number) => ({ fingerprint, release, at: "2026-01-02T03:04:05Z", by: "mara" });

describe("what was rolled back from", () => {
  it("is refused with its image, so that the image does not come back with another setting", () => {
    expect(withEntry([], left("aaaa service:bad", 7), "bbbb service:good")).toEqual([{ ...left("aaaa service:bad", 7), image: "service:bad" }]);
  });

  it("does not take along the image when what is gone back to runs it, too", () => {
    // Only a dashboard was bad, or only another part of the stack was gone back with.
    expect(withEntry([], left("aaaa service:1", 7), "bbbb service:1")).toEqual([left("aaaa service:1", 7)]);
  });

  it("is known once, and allowed again with its image, whichever release brought that", () => {
    const entries = [left("aaaa service:bad", 7), left("bbbb service:bad", 8), left("aaaa service:bad", 9)].reduce<readonly QuarantineEntry[]>((known, entry) => withEntry(known, entry, "cccc service:good"), []);
    expect(entries.map(({ release }) => release)).toEqual([8, 9]);
    expect(withoutFingerprint(entries, "aaaa service:bad")).toEqual([left("bbbb service:bad", 8)]);
    expect(withoutFingerprint(entries, "cccc service:good")).toEqual(entries);
  });
});
