import { boundedBy, type MetricDefinition, oneOf } from "./metric-definition.ts";

const rollout = boundedBy("the keys of the ConfigMap feature-flag-rollouts");
const gate = boundedBy("the gates of a rollout's specification");

/** What the rollout controller measures about the staged rollouts that it leads. */
export const rolloutMetrics = {
  rollout_weight_percent: {
    type: "gauge",
    unit: "percent",
    help: "Share of the keys that a staged rollout exposes to its variant",
    labels: { rollout, flag: boundedBy("the flags of flags/definitions.ts"), variant: boundedBy("variants of the flags") },
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
  rollout_phase: {
    type: "gauge",
    unit: "state",
    help: "1 for the phase that a staged rollout is in, 0 for the others",
    labels: { rollout, phase: oneOf("waiting", "spreading", "observing", "held", "returning", "completed", "returned") },
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
  rollout_unjudged_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "How long a rollout that exposes somebody has had no verdict: no data, errors, or pods that do not report its flags",
    labels: { rollout },
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
  rollout_timeout_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "How long a rollout holds without a verdict before it goes back",
    labels: { rollout },
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
  rollout_samples: {
    type: "gauge",
    unit: "count",
    help: "Samples that the last look at a gate rested on, by side",
    labels: { rollout, gate, side: oneOf("exposed", "control") },
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
  rollout_looks_total: {
    type: "counter",
    unit: "count",
    help: "Looks at gates, by their verdict",
    labels: { rollout, gate, verdict: oneOf("pass", "fail", "no-data", "error") },
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
  rollout_decisions_total: {
    type: "counter",
    unit: "count",
    help: "Decisions about staged rollouts: a step entered, all steps done, gone back, held",
    labels: { decision: oneOf("advance", "complete", "go-back", "hold") },
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
  rollout_return_duration_seconds: {
    type: "histogram",
    unit: "seconds",
    help: "Time from the verdict that takes a rollout back to the last pod that reports it",
    labels: {},
    buckets: [0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 30, 60],
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
  rollout_invalid: {
    type: "gauge",
    unit: "state",
    help: "1 for a rollout whose specification cannot be used, which stays as it is",
    labels: { rollout },
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
  rollout_controller_leader: {
    type: "gauge",
    unit: "state",
    help: "1 while the process holds the lease and could lead every rollout, 0 while it could not or stands by",
    labels: {},
    owner: "platform",
    emittedBy: ["rollout-controller"],
  },
} as const satisfies Record<string, MetricDefinition>;
