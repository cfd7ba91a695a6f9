import { describe, expect, it } from "@jest/globals";
import { rolloutSchema } from "@forecast-stack/rollouts/rollout-spec.ts";
import { freshStatus, type Phase } from "@forecast-stack/rollouts/rollout-status.ts";
import { blockingRollout, type KnownRollout } from "./blocking-rollout.ts";

const rollout = (name: string, flag: string, phase: Phase | undefined, changes: object = {}): KnownRollout => ({
  name,
  spec: rolloutSchema.parse({ flag, variant: "on", owner: "team", steps: [{ weight: 100, minimumDuration: "1d" }], gates: [{ kind: "trigger", name: "memory", trigger: "memory" }], ...changes }),
  status: phase === undefined ? undefined : { ...freshStatus("spec", new Date(0)), phase },
});
const reason = (one: KnownRollout, ...others: KnownRollout[]) => blockingRollout(one, [one, ...others]);

describe("a rollout that wants to begin", () => {
  it("may, beside one of another flag", () => {
    expect(reason(rollout("b", "FLAG_B", undefined), rollout("a", "FLAG_A", "observing"))).toBeUndefined();
  });

  it("is refused beside another one of its flag: the one that evaluation heeds, or one under way", () => {
    expect(reason(rollout("b", "FLAG", undefined), rollout("a", "FLAG", undefined))).toMatch(/^Refused: the rollout a stages FLAG already/);
    expect(reason(rollout("a", "FLAG", undefined), rollout("b", "FLAG", "observing"))).toMatch(/^Refused: the rollout b stages FLAG already/);
  });

  it("waits for one that excludes it, and no longer than that is under way", () => {
    const mine = rollout("b", "FLAG_B", undefined, { exclusive: "runs" });
    expect(reason(mine, rollout("c", "FLAG_C", "observing", { exclusive: "runs" }))).toMatch(/^It waits for the end of c/);
    expect(reason(mine, rollout("c", "FLAG_C", "completed", { exclusive: "runs" }))).toBeUndefined();
    expect(reason(mine, rollout("c", "FLAG_C", "observing", { exclusive: "other" }))).toBeUndefined();
  });

  it("lets the first by name go first when both wait, but not one that is paused", () => {
    const mine = rollout("b", "FLAG_B", undefined, { exclusive: "runs" });
    expect(reason(mine, rollout("a", "FLAG_A", "waiting", { exclusive: "runs" }))).toMatch(/^It waits for the end of a/);
    expect(reason(mine, rollout("a", "FLAG_A", "waiting", { exclusive: "runs", paused: true }))).toBeUndefined();
    expect(reason(mine, rollout("c", "FLAG_C", "waiting", { exclusive: "runs" }))).toBeUndefined();
  });
});
