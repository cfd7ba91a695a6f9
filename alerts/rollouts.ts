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
      value: `max by (namespace, rollout) (${series("rollout_unjudged_seconds")})`,
      breach: { over: thresholds.rolloutUnjudgedSeconds },
      for: "1m",
      severity: "warning",
      team: "platform",
      summary: "The rollout {{ $labels.rollout }} has no verdict",
      description: `{{ $labels.rollout }} has exposed people without a verdict for {{ $value | humanizeDuration }} (threshold ${thresholds.rolloutUnjudgedSeconds / 60}m): no data, errors, or pods that do not report its flags.`,
      runbook: "rollouts.md#rolloutstuck",
      panel: panel("rollouts", "Time without a verdict"),
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
      summary: "Nobody leads the staged rollouts",
      description: "{{ $value | humanize }} controllers hold the lease (1 is right) for 5 minutes: rollouts stay as they are, also those that ought to go back.",
      runbook: "rollouts.md#rolloutsleaderless",
      panel: panel("rollouts", "Controllers that lead"),
    },
  ],
};
