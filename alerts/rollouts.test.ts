import { rollouts } from "./rollouts.ts";
import { neverFires, threshold } from "./test-support/alert-case.ts";
import { describeAlerts } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";

const namespace = "forecast-dev";

describeAlerts(rollouts, {
  RolloutStuck: (rule) => [
    threshold(rule, {
      behaviour: "fires a quarter of an hour before a rollout without a verdict goes back by itself, however long it may hold, and ends with the next one",
      series: [[live("rollout_timeout_seconds", { namespace, rollout: "daily" }), [93_600, 93_600]], [live("rollout_unjudged_seconds", { namespace, rollout: "daily" }), [92_690, 92_710]]],
      labels: { namespace, rollout: "daily" },
      description: "daily exposes people without a verdict and goes back by itself in 14m 50s (threshold 15m): no data, errors, or pods that do not report its flags.",
    }),
    threshold(rule, {
      behaviour: "fires for a rollout with a short time-out as soon as it has no verdict, not while it has one",
      series: [[live("rollout_timeout_seconds", { namespace, rollout: "short" }), [600, 600]], [live("rollout_unjudged_seconds", { namespace, rollout: "short" }), [0, 0.5]]],
      labels: { namespace, rollout: "short" },
      description: "short exposes people without a verdict and goes back by itself in 9m 59s (threshold 15m): no data, errors, or pods that do not report its flags.",
    }),
  ],
  RolloutReturnStuck: (rule) => [
    threshold(rule, {
      behaviour: "fires when a rollout has been on its way back for five minutes, and ends when every pod reports it",
      series: [[live("rollout_phase", { namespace, rollout: "hybrid", phase: "returning" }), [0, 1]]],
      labels: { namespace, rollout: "hybrid" },
      description: "hybrid was to go back (1), and after 5 minutes some pod still does not report that nobody is exposed.",
    }),
    neverFires(rule, { behaviour: "stays silent on one that has gone back", series: [[live("rollout_phase", { namespace, rollout: "hybrid", phase: "returned" }), 1], [live("rollout_phase", { namespace, rollout: "hybrid", phase: "returning" }), 0]] }),
  ],
  RolloutInvalid: (rule) => [
    threshold(rule, {
      behaviour: "fires when a rollout's specification has been unusable for five minutes, and ends when it is mended",
      series: [[live("rollout_invalid", { namespace, rollout: "hybrid" }), [0, 1]]],
      labels: { namespace, rollout: "hybrid" },
      description: "The specification of hybrid is invalid (1): whom it exposes stays exposed, nobody looks at its gates, and it cannot go back by itself.",
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
    threshold(rule, { behaviour: "fires when no controller leads, and ends when one does", series: [[live("rollout_controller_leader", { namespace }), [1, 0]]], labels: { namespace }, description: "0 controllers lead (1 is right) for 5 minutes: rollouts stay as they are, also those that ought to go back." }),
    threshold(rule, { behaviour: "needs one leader of two, not two", series: [[live("rollout_controller_leader", { namespace, pod: "one" }), [1, 0]], [live("rollout_controller_leader", { namespace, pod: "two" }), [0, 0]]], labels: { namespace }, description: "0 controllers lead (1 is right) for 5 minutes: rollouts stay as they are, also those that ought to go back." }),
  ],
});
