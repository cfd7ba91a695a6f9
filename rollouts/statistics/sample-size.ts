import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import type { Gate } from "../rollout-spec.ts";
import { superiority } from "./mann-whitney.ts";
import { differenceOf } from "./paired-test.ts";

/** A gate that compares the exposed cohort with the others. */
export type Comparison = Extract<Gate, { kind: "paired-error" | "distribution" | "rate" }>;

/** Below this the approximations of the tests do not hold. */
export const LEAST_SAMPLES = 50;

/**
 * Samples that each side needs so that a test at the level `alpha` notices what
 * is worse by `worseBy` with the gate's power. Paired: n = ((zα + zβ)·spread/δ)².
 * Distribution: Noether, JASA 82 (1987), for sides of the same size. Rate: the
 * usual formula of two proportions.
 */
export function samplesNeeded(gate: Comparison, alpha: number): number {
  const zAlpha = normalQuantile(1 - alpha, 0, 1);
  const zBeta = normalQuantile(gate.power / 100, 0, 1);
  return Math.max(LEAST_SAMPLES, Math.ceil(neededBy(gate, zAlpha, zBeta)));
}

function neededBy(gate: Comparison, zAlpha: number, zBeta: number): number {
  const target = effectOf(gate);
  switch (gate.kind) {
    case "paired-error":
      // Two more for the t distribution's wider tails.
      return (((zAlpha + zBeta) * gate.spread) / target) ** 2 + 2;
    case "distribution":
      return (zAlpha + zBeta) ** 2 / (6 * (target - 0.5) ** 2);
    case "rate": {
      const [control, exposed] = [gate.baseline, gate.baseline + target];
      const middle = (control + exposed) / 2;
      return (zAlpha * Math.sqrt(2 * middle * (1 - middle)) + zBeta * Math.sqrt(control * (1 - control) + exposed * (1 - exposed))) ** 2 / target ** 2;
    }
  }
}

/** What `worseBy` is in the unit of the gate's test. */
export function effectOf(gate: Comparison): number {
  const worseBy = gate.worseBy / 100;
  switch (gate.kind) {
    case "paired-error":
      return differenceOf(worseBy);
    case "distribution":
      return superiority(worseBy, gate.spread);
    case "rate":
      return gate.baseline * worseBy;
  }
}

/**
 * The effect from which on a significant difference counts: half of the one
 * that must be noticed. Many samples make trifles significant, and a trifle is
 * no reason to take a variant back.
 */
export function leastEffect(gate: Comparison): number {
  const none = gate.kind === "distribution" ? 0.5 : 0;
  return none + (effectOf(gate) - none) / 2;
}
