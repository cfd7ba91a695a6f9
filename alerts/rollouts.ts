import type { RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { panel } from "@forecast-stack/monitoring/panel-reference.ts";
import { series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";

/** Do staged rollouts get on, and does somebody lead them? */
export const rollouts: RuleGroup = {
  name: "rollouts",
  rules: [
    {
      alert: "RolloutStuck",
      value: `min by (namespace, rollout) (${series("rollout_timeout_seconds")} - ${series("rollout_unjudged_seconds")})`,
      breach: { under: thresholds.rolloutTimeLeftSeconds },
      // One whose time-out is short is not always about to go back.
      and: [{ value: `max by (namespace, rollout) (${series("rollout_unjudged_seconds")})`, breach: { over: 0 } }],
      for: "1m",
      severity: "warning",
      team: "platform",
      summary: "The rollout {{ $labels.rollout }} has no verdict",
      description: `{{ $labels.rollout }} exposes people without a verdict and goes back by itself in {{ $value | humanizeDuration }} (threshold ${thresholds.rolloutTimeLeftSeconds / 60}m): no data, errors, or pods that do not report its flags.`,
      runbook: "rollouts.md#rolloutstuck",
      panel: panel("rollouts", "Time left without a verdict"),
    },
    {
      alert: "RolloutReturnStuck",
      value: `max by (namespace, rollout) (${series("rollout_phase", { phase: "returning" })})`,
      breach: { over: 0 },
      for: "5m",
      severity: "warning",
      team: "platform",
      summary: "The rollout {{ $labels.rollout }} is not back in every pod",
      description: "{{ $labels.rollout }} was to go back ({{ $value }}), and after 5 minutes some pod still does not report that nobody is exposed.",
      runbook: "rollouts.md#rolloutreturnstuck",
      panel: panel("rollouts", "Rollouts on their way back"),
    },
    {
      alert: "RolloutInvalid",
      value: `max by (namespace, rollout) (${series("rollout_invalid")})`,
      breach: { over: 0 },
      for: "5m",
      severity: "warning",
      team: "platform",
      summary: "The rollout {{ $labels.rollout }} cannot be used as it is written",
      description: "The specification of {{ $labels.rollout }} is invalid ({{ $value }}): whom it exposes stays exposed, nobody looks at its gates, and it cannot go back by itself.",
      runbook: "rollouts.md#rolloutinvalid",
      panel: panel("rollouts", "Unusable rollouts"),
    },
    {
      alert: "RolloutRolledBack",
      value: `sum by (namespace) (increase(${series("rollout_decisions_total", { decision: "go-back" })}[1h]))`,
      breach: { over: 0.5 },
      for: "0m",
      severity: "warning",
      team: "platform",
      summary: "A staged rollout went back",
      description: '{{ $value | printf "%.0f" }} rollouts went back to 0 % within the last hour.',
      runbook: "rollouts.md#rolloutrolledback",
      panel: panel("rollouts", "Rollouts gone back"),
    },
    {
      alert: "RolloutsLeaderless",
      value: `sum by (namespace) (${series("rollout_controller_leader")})`,
      breach: { under: 1 },
      for: "5m",
      severity: "warning",
      team: "platform",
      summary: "Nobody leads all of the staged rollouts",
      description: "{{ $value | humanize }} controllers lead (1 is right) for 5 minutes: rollouts stay as they are, also those that ought to go back.",
      runbook: "rollouts.md#rolloutsleaderless",
      panel: panel("rollouts", "Controllers that lead"),
    },
  ],
};
