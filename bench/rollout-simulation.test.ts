import { describe, expect, it } from "@jest/globals";
import { simulateRollouts } from "./rollout-simulation.ts";

describe("2,000 simulated rollouts at the sample size that lint asks for", () => {
  it("of two variants that are alike are taken back in 5 % of the cases at most", () => {
    expect(simulateRollouts("paired-error", 1, 2_000).takenBack).toBeLessThanOrEqual(100);
  });

  it("of two variants that are alike are taken back no more often when one failing look is enough and the samples are there long before a step has lasted", () => {
    expect(simulateRollouts("paired-error", 1, 2_000, { pace: 2, critical: true }).takenBack).toBeLessThanOrEqual(100);
  });

  it("of a variant that is 20 % worse are caught in 95 % of the cases at least", () => {
    expect(simulateRollouts("paired-error", 1.2, 2_000).takenBack).toBeGreaterThanOrEqual(1_900);
  });
});
