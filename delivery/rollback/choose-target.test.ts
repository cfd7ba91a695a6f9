import { describe, expect, it } from "@jest/globals";
import { deploymentSchema } from "../releases/checkpoint.ts";
import { numberReleases, type NumberedUpdate } from "../releases/update.ts";
import type { BegunRollback } from "./begun-rollback.ts";
import { chooseTarget, isChanged, type Situation } from "./choose-target.ts";
import type { RollbackRequest } from "./rollback-plan.ts";

const asked: RollbackRequest = { to: undefined, only: undefined, keepDrift: false, withFlags: false, undoMigrations: false, acceptDataLoss: false };
const made = (fingerprint: string, message = "") => ({ fingerprint, kind: "update", result: "succeeded", message, changes: 1 });
const other = (kind: string, result: string) => ({ fingerprint: "", kind, result, message: "", changes: result === "failed" ? 1 : 0 });
const stateOf = (fingerprint: string, more: object = {}) => deploymentSchema.parse({ manifest: { time: "now" }, resources: [{ urn: "urn:pulumi:dev::p::pulumi:pulumi:Stack::s", type: "pulumi:pulumi:Stack", outputs: { fingerprint } }], ...more });

/** What is chosen after these updates. */
async function choose(line: readonly (ReturnType<typeof made> | ReturnType<typeof other>)[], { request = {}, ...more }: Partial<Omit<Situation, "latest">> & { readonly request?: Partial<RollbackRequest> } = {}) {
  const entries = line.map(({ kind, result, message, changes }) => ({ kind, result, message, startTime: 0, endTime: 0, environment: {}, config: {}, resourceChanges: { update: changes } }));
  const updates = numberReleases(entries.map((entry, index) => ({ id: String(index), entry, size: 0 })));
  const read = (update: NumberedUpdate) => Promise.resolve({ update, deployment: stateOf(line[Number(update.id)]?.fingerprint ?? ""), checksum: "" });
  const history = { read, release: (number: number) => read(updates.find(({ release }) => release === number) as NumberedUpdate) };
  const latest = await read(updates.findLast(({ release }) => release !== null) as NumberedUpdate);
  const { target, from, request: granted, why } = await chooseTarget(history, { stack: "dev", updates, latest, today: latest.deployment, changed: false, quarantined: [], begun: undefined, ...more }, { ...asked, ...request });
  return { to: target.update.release, from: from.release, granted, why };
}

describe("without a release that is named, a rollback goes", () => {
  const line = [made("a"), made("b"), made("b"), made("c")];

  it("to the newest one that is something else than what runs and was not rolled back from", async () => {
    expect(await choose(line)).toMatchObject({ to: 3, from: 4, why: "" });
    expect(await choose([...line, made("b", "Rollback to release 3, by anna")], { quarantined: [{ fingerprint: "c" }] })).toMatchObject({ to: 1, from: 5 });
    await expect(choose([made("a"), made("a")])).rejects.toThrow("has no earlier release that is something else");
  });

  it.each([
    ["failed", [...line, other("update", "failed")]],
    ["failed and was looked over since", [...line, other("update", "failed"), other("refresh", "succeeded")]],
    ["took the stack away", [...line, other("destroy", "succeeded")]],
    ["was killed and left no trace in the history", line],
    ["failed, and succeeded when it was tried again without more to change", [...line, other("update", "failed"), other("update", "succeeded")]],
  ])("to the newest release itself when what came after it %s", async (_what, updates) => {
    expect(await choose(updates, { changed: true })).toMatchObject({ to: 4, from: 4, why: expect.stringMatching(/^An update after release 4 failed or was cut off/) });
  });

  it("to the newest release itself when an update after it was cut off in the middle of an operation", async () => {
    expect(await choose(line, { today: stateOf("c", { pending_operations: [{}] }) })).toMatchObject({ to: 4, from: 4 });
  });

  it("past a newest release that was rolled back from, also when an update after it failed", async () => {
    expect(await choose([...line, other("update", "failed")], { changed: true, quarantined: [{ fingerprint: "c" }] })).toMatchObject({ to: 3, from: 4, why: "" });
  });

  it("as ever when the update that failed changed nothing or was made good, or nothing but a refresh came after the release", async () => {
    expect(await choose([...line, other("update", "failed")])).toMatchObject({ to: 3, from: 4 });
    expect(await choose([made("a"), other("update", "failed"), made("b")])).toMatchObject({ to: 1, from: 2 });
    for (const result of ["succeeded", "failed"]) expect(await choose([...line, other("refresh", result)], { changed: true })).toMatchObject({ to: 3, from: 4 });
  });
});

describe("a rollback that was cut off", () => {
  const begun: BegunRollback = { to: 2, from: "2", request: { keepDrift: false, withFlags: true, undoMigrations: false, acceptDataLoss: false }, at: "2026-01-31T02:00:00Z", by: "anna" };
  const line = [made("a"), made("b"), made("c")];
  const done = made("b", "Rollback to release 2, by anna");

  it.each([
    ["before it made its release", line],
    ["after it made its release", [...line, done]],
    ["after an attempt that failed", [...line, other("update", "failed")]],
  ])("%s goes on to where it was going, with what it was asked, and says so", async (_when, updates) => {
    expect(await choose(updates, { begun, quarantined: [{ fingerprint: "c" }], request: { keepDrift: true } })).toEqual({ to: 2, from: 3, granted: { ...asked, keepDrift: true, withFlags: true }, why: "The rollback to release 2 that anna began at 2026-01-31T02:00:00Z with --with-flags did not come to its end: this goes on with it. With --to it is another release." });
  });

  it("does not hold up whoever names a release", async () => {
    expect(await choose([...line, done], { begun, request: { to: 1 } })).toMatchObject({ to: 1, from: 4, granted: { withFlags: false }, why: "" });
  });

  it("is over when somebody has deployed since", async () => {
    expect(await choose([...line, done, made("d")], { begun })).toMatchObject({ to: 4, from: 5, why: "" });
  });

  it("is not taken for one of a part", async () => {
    await expect(choose(line, { begun, request: { only: "forecast-service" } })).rejects.toThrow(/^The rollback to release 2 that anna began .* did not come to its end\. Finish it first/);
  });

  it("of a part goes on with that part", async () => {
    const part = { ...begun, request: { ...begun.request, only: "forecast-service" } };
    const updates = [...line, made("mixed", "Rollback of forecast-service to release 2, by anna")];
    expect(await choose(updates, { begun: part })).toMatchObject({ to: 2, from: 3, granted: { only: "forecast-service" } });
  });
});

describe("a state is another one than the release's", () => {
  const secret = (content: object) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ...content });
  const resource = (name: string, more: object = {}) => ({ urn: `urn:pulumi:dev::p::t::${name}`, type: "t", inputs: { password: secret({ ciphertext: "sealed" }) }, ...more });
  const state = (...resources: readonly object[]) => deploymentSchema.parse({ manifest: { time: "now" }, resources });
  const keys = { one: () => '"plain"', other: () => '"plain"' };
  const recorded = state(resource("a"), resource("b"));

  it.each([
    ["something was made", state(resource("a"), resource("b"), resource("c"))],
    ["something was changed", state(resource("a"), resource("b", { inputs: { password: secret({ plaintext: '"another"' }) } }))],
    ["something did not become ready", state(resource("a"), resource("b", { initErrors: ["0 of 1 pods"] }))],
    ["something is to be removed", state(resource("a"), resource("b", { delete: true }))],
  ])("where %s", (_what, today) => expect(isChanged(recorded, today, keys)).toBe(true));

  it("and not where it is in another order, or its secrets are open", () => {
    expect(isChanged(recorded, state(resource("b", { inputs: { password: secret({ plaintext: '"plain"' }) } }), resource("a")), keys)).toBe(false);
  });
});
