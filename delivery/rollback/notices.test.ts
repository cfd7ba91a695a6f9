import { expect, it } from "@jest/globals";
import { failureNotice, rollbackNotice } from "./notices.ts";

const entry = { kind: "update", startTime: 0, endTime: 0, message: "", environment: {}, config: {}, result: "succeeded", resourceChanges: {} };
const update = (release: number) => ({ id: String(release), entry, size: 0, release });
const step = (name: string, operation: "updated" | "unchanged") => ({ urn: name, type: "t", name, operation, properties: [], risk: "reversible" as const, reason: "" });
const plan = (only?: string) => ({
  stack: "dev",
  from: update(4),
  target: { update: update(3), deployment: { manifest: { time: "now" }, resources: [] }, checksum: "" },
  request: { to: 3, only, keepDrift: false, withFlags: false, undoMigrations: true, acceptDataLoss: false },
  steps: [step("api", "updated"), step("redis", "unchanged")],
});
const done = { seconds: 31.4, compared: 60, mismatches: [], remaining: [], paused: [], undone: [], applied: [] };

it("people hear of a rollback what changed, what was taken back with it, and what may not be deployed again", () => {
  const { title, text, severity } = rollbackNotice(plan(), { ...done, undone: ["0.0.17"], paused: ["hybrid"] });
  expect([title, severity]).toEqual(["dev was rolled back to release 3", "info"]);
  expect(text).toMatch(/^From release 4 to 3 by \S+ in 31 s, 1 resources changed\. Migrations taken back: 0\.0\.17\. Paused rollouts: hybrid\. Release 4 is not deployed again/);
});

it("a rollback after an update that failed goes back to the release that it failed after, which stays allowed", () => {
  const same = { ...plan(), from: update(3) };
  expect(rollbackNotice(same, done).text).toMatch(/^Back to release 3 by \S+ in 31 s, 1 resources changed\.$/);
});

it("a rollback that left something different is a warning that names it", () => {
  const { text, severity } = rollbackNotice(plan("forecast-service"), { ...done, remaining: [step("api", "updated")] });
  expect(severity).toBe("warning");
  expect(text).toMatch(/forecast-service alone.* Not as that release had it: api\.$/);
});

it("a rollback that failed is a warning with its reason and how to go on", () => {
  expect(failureNotice(plan(), new Error("The API server is gone.\nmore"))).toMatchObject({ severity: "warning", title: "The rollback of dev failed", text: expect.stringMatching(/was not finished: The API server is gone\. The same command goes on/) });
});
