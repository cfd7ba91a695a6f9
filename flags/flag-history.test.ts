import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { brokenLink, type FlagChange, hashOf, leftBy } from "./flag-history.ts";

const first = { map: "overrides", key: "CROSS_DOCK_ENABLED", flag: "CROSS_DOCK_ENABLED", before: null, by: "unknown", reason: null, until: null, tool: "kubectl-patch", changedAt: "2026-03-01T12:00:00.000Z", notedAt: null, mapUid: "uid" } as const;

function chain(values: readonly (string | null)[]): FlagChange[] {
  const history: FlagChange[] = [];
  for (const [index, after] of values.entries()) {
    const change = { ...first, number: index + 1, before: history.at(-1)?.after ?? null, after, resourceVersion: String(100 + index), previousHash: history.at(-1)?.hash ?? "" };
    history.push({ ...change, hash: hashOf(change) });
  }
  return history;
}

describe("the chain of a flag history", () => {
  const history = chain(["true", "false", null, "true"]);

  it("holds for what was only ever added to", () => {
    expect(brokenLink(history)).toBeUndefined();
    expect(brokenLink([])).toBeUndefined();
  });

  it("finds any field of any change that was altered", () => {
    const fields = Object.keys(history[0] ?? {}).filter((field) => field !== "number");
    fc.assert(
      fc.property(fc.nat(history.length - 1), fc.constantFrom(...fields), (index, field) => {
        const altered = history.map((change, at) => (at === index ? { ...change, [field]: "something else" } : change));
        expect(brokenLink(altered)).toContain(`Change ${index + 1} `);
      }),
    );
  });

  it("finds a change that was written anew with a hash of its own", () => {
    const anew = history.map((change) => (change.number === 2 ? { ...change, by: "somebody else", hash: hashOf({ ...change, by: "somebody else" }) } : change));
    expect(brokenLink(anew)).toContain("Change 3 ");
  });

  it("finds a change that was taken out", () => {
    expect(brokenLink(history.filter(({ number }) => number !== 3))).toBe("Change 3 is missing: after 2 comes 4.");
    expect(brokenLink(history.slice(1))).toBe("Change 1 is missing: after the beginning comes 2.");
  });

  it("tells what the map must hold, so that an end that was cut off is found too", () => {
    expect(leftBy(history, "overrides")).toEqual(new Map([["CROSS_DOCK_ENABLED", "true"]]));
    expect(leftBy(history.slice(0, 3), "overrides")).toEqual(new Map());
    expect(leftBy(history, "definitions")).toEqual(new Map());
  });
});
