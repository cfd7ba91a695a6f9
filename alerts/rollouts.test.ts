import { rollouts } from "./rollouts.ts";
import { threshold } from "./test-support/alert-case.ts";
import { describeAlerts } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";

const namespace = "forecast-dev";

describeAlerts(rollouts, {
  RolloutStuck: (rule) => [
    threshold(rule, {
      behaviour: "fires after a quarter of an hour without a verdict, and ends with the next one",
      series: [[live("rollout_unjudged_seconds", { namespace, rollout: "hybrid" }), [890, 910]]],
      labels: { namespace, rollout: "hybrid" },
      description: "hybrid has exposed people without a verdict for 15m 10s (threshold 15m): no data, errors, or pods that do not report its flags.",
    }),
  ],
  RolloutRolledBack: (rule) => [
    {
      behaviour: "fires when one went back, and ends an hour later",
      step: 1,
      series: { [live("rollout_decisions_total", { namespace, decision: "go-back" })]: "0x20 1x120" },
      silent: [15, 100],
      fires: [{ at: 40, labels: { namespace }, description: "1 rollouts went back to 0 % within the last hour." }],
    },
    threshold(rule, {
      behaviour: "takes half of one for one: Prometheus extrapolates",
      series: [[live("rollout_decisions_total", { namespace, decision: "go-back" }), { perMinute: [0.0079, 0.0088] }]],
      window: 60,
      labels: { namespace },
      description: "1 rollouts went back to 0 % within the last hour.",
    }),
    {
      behaviour: "stays silent while rollouts go on",
      step: 1,
      series: { [live("rollout_decisions_total", { namespace, decision: "advance" })]: "0x20 1x60", [live("rollout_decisions_total", { namespace, decision: "go-back" })]: "0x80" },
      silent: [40],
      fires: [],
    },
  ],
  RolloutsLeaderless: (rule) => [
    threshold(rule, { behaviour: "fires when no controller holds the lease, and ends when one does", series: [[live("rollout_controller_leader", { namespace }), [1, 0]]], labels: { namespace }, description: "0 controllers hold the lease (1 is right) for 5 minutes: rollouts stay as they are, also those that ought to go back." }),
    threshold(rule, { behaviour: "needs one leader of two, not two", series: [[live("rollout_controller_leader", { namespace, pod: "one" }), [1, 0]], [live("rollout_controller_leader", { namespace, pod: "two" }), [0, 0]]], labels: { namespace }, description: "0 controllers hold the lease (1 is right) for 5 minutes: rollouts stay as they are, also those that ought to go back." }),
  ],
});
