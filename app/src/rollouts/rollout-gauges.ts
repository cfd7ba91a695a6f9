import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import type { Look } from "@forecast-stack/rollouts/look.ts";
import type { DecisionKind } from "@forecast-stack/rollouts/next-status.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import { phases, type RolloutStatus } from "@forecast-stack/rollouts/rollout-status.ts";

/** Shows where a rollout is. */
export function showRollout(metrics: Metrics, rollout: string, { flag, variant }: RolloutSpec, status: RolloutStatus, now: Date): void {
  metrics.rollout_weight_percent.set({ rollout, flag, variant }, status.weight);
  for (const phase of phases) metrics.rollout_phase.set({ rollout, phase }, status.phase === phase ? 1 : 0);
  metrics.rollout_unjudged_seconds.set({ rollout }, status.unjudgedSince === null ? 0 : Math.max(0, (now.getTime() - Date.parse(status.unjudgedSince)) / 1_000));
}

/** Counts the verdicts of a look, and shows the samples that it rested on. */
export function countLook(metrics: Metrics, rollout: string, { gates }: Look): void {
  for (const { gate, judgement } of gates) {
    metrics.rollout_looks_total.inc({ rollout, gate: gate.name, verdict: judgement.verdict });
    for (const side of ["exposed", "control"] as const) if (judgement.samples !== undefined) metrics.rollout_samples.set({ rollout, gate: gate.name, side }, judgement.samples[side]);
  }
}

export function countDecision(metrics: Metrics, decision: DecisionKind): void {
  metrics.rollout_decisions_total.inc({ decision });
}

/** What was shown of rollouts that are gone, or flags that they no longer stage, is shown no more. */
export function forgetRollouts(metrics: Metrics, current: readonly string[]): void {
  metrics.rollout_weight_percent.reset();
  metrics.rollout_phase.reset();
  metrics.rollout_unjudged_seconds.reset();
  metrics.rollout_invalid.reset();
  if (current.length === 0) metrics.rollout_samples.reset();
}
