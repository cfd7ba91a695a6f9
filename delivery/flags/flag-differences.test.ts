import { describe, expect, it } from "@jest/globals";
import { differencesOf } from "./flag-differences.ts";
import type { FlagMaps } from "./flag-maps.ts";
import { overviewOf } from "./flag-overview.ts";

const stackWith = (data: Record<string, string>, overrides: Record<string, string> = {}) => {
  const maps: FlagMaps = { definitions: { data: { "flags.json": '{"flags":{}}' }, annotations: {} }, overrides: { data: overrides, annotations: {} }, rollouts: { data, annotations: {} } };
  return overviewOf(maps, new Date("2026-03-01T12:00:00Z")).flags;
};
const staged = (variant: string, weight: number, cohort = "", name = "packing") => stackWith({ [name]: `flag: BIN_OPTIMIZATION_ALGORITHM\nvariant: ${variant}\n${cohort}`, [`${name}.status`]: `weight: ${weight}` });
const differing = (one: ReturnType<typeof stackWith>, other: ReturnType<typeof stackWith>) => differencesOf(one, other).map(({ flag }) => flag);

describe("two stacks differ in a flag", () => {
  it.each([
    ["where one overrides it", stackWith({}, { BIN_OPTIMIZATION_ALGORITHM: "BFD" }), stackWith({})],
    ["where another share has a variant", staged("bfd", 25), staged("bfd", 5)],
    ["where the same share has another variant", staged("bfd", 25), staged("hybrid", 25)],
    ["where the same share is of a cohort", staged("bfd", 25), staged("bfd", 25, "cohort: ['default:main']\n")],
    ["where the same share is of another cohort", staged("bfd", 25, "cohort: ['north:main']\n"), staged("bfd", 25, "cohort: ['default:main']\n")],
  ])("%s", (_case, one, other) => {
    expect(differing(one, other)).toEqual(["BIN_OPTIMIZATION_ALGORITHM"]);
    expect(differing(other, one)).toEqual(["BIN_OPTIMIZATION_ALGORITHM"]);
  });

  it("not where rollouts of two names do the same", () => {
    expect(differing(staged("bfd", 25, "cohort: ['a:b', 'c:*']\n"), staged("bfd", 25, "cohort: ['c:*', 'a:b']\n", "other"))).toEqual([]);
  });
});
