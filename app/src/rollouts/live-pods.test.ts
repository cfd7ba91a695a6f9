import { expect, it } from "@jest/globals";
import { missingPods } from "./live-pods.ts";

it.each([
  ["nothing when every pod answers by the revision", [["api-1", "new"], ["worker-1", "new"]], undefined],
  ["the pod that answers by another one", [["api-1", "old"], ["worker-1", "new"]], "api-1 of 2 pods does not answer by these flags yet (revision new)."],
  ["the first three of many, those that do not answer at all too", [["a", "old"], ["b", undefined], ["c", "old"], ["d", "old"], ["e", "new"]], "a, b, c and 1 more of 5 pods do not answer by these flags yet (revision new)."],
  ["that nobody is there, which is no agreement", [], "No pod is live."],
] as const)("a step's clock is told %s", (_what, pods, sentence) => {
  expect(missingPods(pods.map(([pod, revision]) => ({ pod, revision })), "new", [])).toBe(sentence);
});

it("a step's clock is told which entries are ignored where pods do not agree: they may be why", () => {
  const ignored = [{ map: "overrides", key: "CROSS_DOCK" }, { map: "rollouts", key: "hybrid" }] as const;
  expect(missingPods([{ pod: "api-1", revision: "old" }], "new", ignored)).toBe("api-1 of 1 pods does not answer by these flags yet (revision new). Of the flags' entries these are ignored, which may be why: CROSS_DOCK (overrides), hybrid (rollouts).");
  expect(missingPods([{ pod: "api-1", revision: "new" }], "new", ignored)).toBeUndefined();
});
