import { expect, it } from "@jest/globals";
import { informativePairs } from "./informative-pairs.ts";

const pairs = (alike: number, differing: number) => [...Array.from({ length: alike }, () => ({ exposed: 1, control: 1 })), ...Array.from({ length: differing }, () => ({ exposed: 1.2, control: 1 }))];

it.each([
  ["those that differ, so that many that are alike hide nothing", pairs(900, 100), 100],
  ["all of them when hardly any differ: the sides are alike", pairs(900, 10), 910],
  ["those that differ while there are too few in all", pairs(20, 10), 10],
])("a comparison is made from %s", (_what, given, count) => {
  expect(informativePairs(given, 200)).toHaveLength(count);
});
