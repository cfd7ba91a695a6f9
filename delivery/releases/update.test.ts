import { describe, expect, it } from "@jest/globals";
import { historyEntrySchema, numberReleases, type Update } from "./update.ts";

const update = (id: string, entry: object): Update => ({ id, size: 1, entry: historyEntrySchema.parse({ kind: "update", startTime: 1, endTime: 2, result: "succeeded", resourceChanges: { create: 1 }, ...entry }) });

describe("the numbers of releases", () => {
  it("are those of successful updates that changed something, from 1", () => {
    const updates = [
      update("1", {}),
      update("2", { result: "failed" }),
      update("3", { resourceChanges: { same: 80, read: 1 } }),
      update("4", { kind: "refresh", resourceChanges: { update: 2 } }),
      update("5", { resourceChanges: { same: 79, replace: 1 } }),
      update("6", { kind: "destroy", resourceChanges: { delete: 80 } }),
    ];
    expect(numberReleases(updates).map(({ release }) => release)).toEqual([1, null, null, null, 2, null]);
  });
});
