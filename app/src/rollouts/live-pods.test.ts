import { expect, it } from "@jest/globals";
import { missingPods } from "./live-pods.ts";

it.each([
  ["nothing when every pod answers by the revision", [["api-1", "new"], ["worker-1", "new"]], undefined],
  ["the pod that answers by another one", [["api-1", "old"], ["worker-1", "new"]], "api-1 of 2 pods does not answer by these flags yet (revision new)."],
  ["the first three of many, those that do not answer at all too", [["a", "old"], ["b", undefined], ["c", "old"], ["d", "old"], ["e", "new"]], "a, b, c and 1 more of 5 pods do not answer by these flags yet (revision new)."],
  ["that nobody is there, which is no agreement", [], "No pod is live."],
] as const)("a step's clock is told %s", (_what, pods, sentence) => {
  expect(missingPods(pods.map(([pod, revision]) => ({ pod, revision })), "new")).toBe(sentence);
});
