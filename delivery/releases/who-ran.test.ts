import { expect, it } from "@jest/globals";
import { historyEntrySchema } from "./update.ts";
import { whoRan } from "./who-ran.ts";

it.each<[string, { readonly environment?: object; readonly message?: string }, string | null]>([
  ["a deploy", { environment: { "exec.agent": "forecastctl/mara", "git.committer": "Ben" }, message: "Release 1.4" }, "mara"],
  ["a rollback", { message: "Rollback to release 3, by mara" }, "mara"],
  ["a rollback of one part", { message: "Rollback of forecast-service to release 12, by mara" }, "mara"],
  ["a plain pulumi up, whose commit may be anybody's", { environment: { "git.committer": "Ben", "exec.agent": "other" }, message: "Roll on" }, null],
])("who ran %s is known from what it recorded", (_what, recorded, who) => {
  expect(whoRan(historyEntrySchema.parse({ kind: "update", startTime: 1, endTime: 2, result: "succeeded", ...recorded }))).toBe(who);
});
