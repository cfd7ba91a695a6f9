import { boundedBy, type MetricDefinition, oneOf } from "./metric-definition.ts";

const flag = boundedBy("the flags of flags/definitions.ts");

/** What each process measures about its feature flags. */
export const flagMetrics = {
  feature_flag_evaluations_total: {
    type: "counter",
    unit: "count",
    help: "Evaluations of feature flags, by the variant that was answered and by what decided it",
    labels: { flag, variant: boundedBy("variants of the flags"), reason: oneOf("override", "rollout", "environment", "definition", "error") },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  feature_flag_variant_info: {
    type: "gauge",
    unit: "state",
    help: "1 for the variant that the process itself answers with, of flags whose targeting key is the process: joined on pod, it tells pods that a rollout exposes from the others",
    labels: { flag, variant: boundedBy("variants of the flags") },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  feature_flags_revision_info: {
    type: "gauge",
    unit: "state",
    help: "1 for the revision of the flags that the process answers with; processes of the same revision answer alike",
    labels: { revision: boundedBy("the one revision in force") },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  feature_flags_age_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Time since the API server last confirmed the flags, which it does twice a minute, or since the process started where it never has; absent outside Kubernetes",
    labels: {},
    absentUntilKnown: true,
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  feature_flag_problems_total: {
    type: "counter",
    unit: "count",
    help: "Entries of the flags' ConfigMaps that came to be ignored, each once for as long as it lasts: unknown flags, wrong values, unreadable texts, missing maps",
    labels: { map: oneOf("definitions", "overrides", "rollouts"), kind: oneOf("unknown-flag", "wrong-value", "unreadable", "missing") },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  feature_flag_entries_ignored: {
    type: "gauge",
    unit: "count",
    help: "Entries of the flags' ConfigMaps that are ignored now: the last good values hold in their place",
    labels: { map: oneOf("definitions", "overrides", "rollouts") },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  feature_flag_expires_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the flag should be gone or renewed",
    labels: { flag },
    owner: "platform",
    emittedBy: ["api", "worker"],
  },
  feature_flag_settled_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "Since when everybody has the same value by an override without an end or by a rollout to 100 %; absent for other flags",
    labels: { flag },
    absentUntilKnown: true,
    owner: "platform",
    emittedBy: ["worker"],
  },
} as const satisfies Record<string, MetricDefinition>;
