import { describe, expect, it } from "@jest/globals";
import { rolloutSchema } from "@forecast-stack/rollouts/rollout-spec.ts";
import { freshStatus, type Phase } from "@forecast-stack/rollouts/rollout-status.ts";
import { blockingRollout, type KnownRollout } from "./blocking-rollout.ts";

const rollout = (name: string, flag: string, phase: Phase | undefined, changes: object = {}, weight = 0): KnownRollout => ({
  name,
  spec: rolloutSchema.parse({ flag, variant: "on", owner: "team", steps: [{ weight: 100, minimumDuration: "1d" }], gates: [{ kind: "trigger", name: "memory", trigger: "memory" }], ...changes }),
  status: phase === undefined ? undefined : { ...freshStatus("spec", new Date(0)), phase, weight },
});
/** A Thursday, at noon. */
const now = new Date("2026-01-01T12:00:00Z");
const moment = { now, isOverridden: (flag: string) => flag === "OVERRIDDEN" };
const reason = (one: KnownRollout, ...others: KnownRollout[]) => blockingRollout(one, [one, ...others], moment);

describe("a rollout that wants to begin", () => {
  it("may, beside one of another flag", () => {
    expect(reason(rollout("b", "FLAG_B", undefined), rollout("a", "FLAG_A", "observing"))).toBeUndefined();
  });

  it("is refused beside another one of its flag: the one that evaluation heeds, or one under way", () => {
    expect(reason(rollout("b", "FLAG", undefined), rollout("a", "FLAG", undefined))).toMatch(/^Refused: the rollout a stages FLAG already/);
    expect(reason(rollout("a", "FLAG", undefined), rollout("b", "FLAG", "observing", {}, 5))).toMatch(/^Refused: the rollout b stages FLAG already/);
    expect(reason(rollout("a", "FLAG", undefined), rollout("b", "FLAG", "completed", {}, 100))).toMatch(/^Refused: the rollout b stages FLAG already/);
  });

  it("may, beside one of its flag that has gone back", () => {
    expect(reason(rollout("b", "FLAG", undefined), rollout("a", "FLAG", "returned"))).toBeUndefined();
  });

  it("waits for its window", () => {
    const window = (to: string) => ({ startWindow: { days: ["thu"], from: "08:00", to } });
    expect(reason(rollout("a", "FLAG", undefined, window("12:00")))).toBe("Its start window is shut.");
    expect(reason(rollout("a", "FLAG", undefined, window("12:01")))).toBeUndefined();
  });

  it("waits for one that excludes it, and no longer than that is under way", () => {
    const mine = rollout("b", "FLAG_B", undefined, { exclusive: "runs" });
    expect(reason(mine, rollout("c", "FLAG_C", "observing", { exclusive: "runs" }))).toMatch(/^It waits for the end of c/);
    expect(reason(mine, rollout("c", "FLAG_C", "completed", { exclusive: "runs" }))).toBeUndefined();
    expect(reason(mine, rollout("c", "FLAG_C", "observing", { exclusive: "other" }))).toBeUndefined();
  });

  it("lets the first by name go first when both wait, but not one that could not begin", () => {
    const exclusive = "runs";
    const mine = rollout("b", "FLAG_B", undefined, { exclusive });
    expect(reason(mine, rollout("a", "FLAG_A", "waiting", { exclusive }))).toMatch(/^It waits for the end of a/);
    expect(reason(mine, rollout("c", "FLAG_C", "waiting", { exclusive }))).toBeUndefined();
    expect(reason(mine, rollout("a", "FLAG_A", "waiting", { exclusive, paused: true }))).toBeUndefined();
    expect(reason(mine, rollout("a", "OVERRIDDEN", "waiting", { exclusive }))).toBeUndefined();
    expect(reason(mine, rollout("a", "FLAG_A", "waiting", { exclusive, startWindow: { days: ["fri"], from: "08:00", to: "15:00" } }))).toBeUndefined();
    expect(reason(mine, rollout("a", "FLAG_C", "waiting", { exclusive }), rollout("c", "FLAG_C", "observing", {}, 5))).toBeUndefined();
  });
});
