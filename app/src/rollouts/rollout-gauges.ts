import type { Metrics } from "@forecast-stack/monitoring/catalogue/create-metrics.ts";
import { milliseconds } from "@forecast-stack/rollouts/duration.ts";
import type { Look } from "@forecast-stack/rollouts/look.ts";
import type { DecisionKind } from "@forecast-stack/rollouts/next-status.ts";
import type { RolloutSpec } from "@forecast-stack/rollouts/rollout-spec.ts";
import { phases, type RolloutStatus } from "@forecast-stack/rollouts/rollout-status.ts";
import type { Gauge } from "prom-client";

/** Shows where a rollout is. */
export function showRollout(metrics: Metrics, rollout: string, { flag, variant, timeout }: RolloutSpec, status: RolloutStatus, now: Date): void {
  metrics.rollout_weight_percent.set({ rollout, flag, variant }, status.weight);
  for (const phase of phases) metrics.rollout_phase.set({ rollout, phase }, status.phase === phase ? 1 : 0);
  metrics.rollout_timeout_seconds.set({ rollout }, milliseconds(timeout) / 1_000);
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

/** A rollout as it stands in the ConfigMap; without a spec where that cannot be read. */
export interface ShownRollout {
  readonly name: string;
  readonly spec: RolloutSpec | undefined;
}

/**
 * What was shown of rollouts that are gone, and of flags and gates that they no
 * longer have, is shown no more; all else stays as it is, so that no scrape
 * finds it missing.
 */
export async function forgetRollouts(metrics: Metrics, rollouts: readonly ShownRollout[]): Promise<void> {
  const specOf = (name: string | number | undefined) => rollouts.find((rollout) => rollout.name === name)?.spec;
  await Promise.all([
    forget(metrics.rollout_invalid, ({ rollout }) => rollouts.some(({ name }) => name === rollout)),
    forget(metrics.rollout_phase, ({ rollout }) => specOf(rollout) !== undefined),
    forget(metrics.rollout_timeout_seconds, ({ rollout }) => specOf(rollout) !== undefined),
    forget(metrics.rollout_unjudged_seconds, ({ rollout }) => specOf(rollout) !== undefined),
    forget(metrics.rollout_weight_percent, ({ rollout, flag, variant }) => specOf(rollout)?.flag === flag && specOf(rollout)?.variant === variant),
    forget(metrics.rollout_samples, ({ rollout, gate }) => specOf(rollout)?.gates.some(({ name }) => name === gate) === true),
  ]);
}

async function forget<Label extends string>(gauge: Gauge<Label>, stays: (labels: Partial<Record<Label, string | number>>) => boolean): Promise<void> {
  for (const { labels } of (await gauge.get()).values) if (!stays(labels)) gauge.remove(labels);
}
