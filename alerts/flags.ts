import type { RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { panel } from "@forecast-stack/monitoring/panel-reference.ts";
import { series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";

/** Do flags reach every process, does what people write count, and which flags are a question no more? */
export const flags: RuleGroup = {
  name: "flags",
  rules: [
    {
      alert: "FlagsOutdated",
      value: `max by (namespace) (${series("feature_flags_age_seconds")})`,
      breach: { over: thresholds.flagAgeSeconds },
      for: "2m",
      severity: "warning",
      team: "platform",
      summary: "Some process does not hear of changes of the flags",
      description: "The process that is furthest behind last heard of the flags {{ $value | humanizeDuration }} ago (threshold 2m): a flag that is turned now does not reach it.",
      runbook: "flags.md#flagsoutdated",
      panel: panel("flags", "Oldest knowledge"),
    },
    {
      alert: "FlagEntriesIgnored",
      value: `max by (namespace, map) (${series("feature_flag_entries_ignored")})`,
      breach: { over: 0 },
      for: "5m",
      severity: "warning",
      team: "platform",
      summary: "Something in the {{ $labels.map }} of the flags is ignored",
      description: "{{ $value }} entries of the {{ $labels.map }} are ignored: somebody believes to have turned a flag and has not.",
      runbook: "flags.md#flagentriesignored",
      panel: panel("flags", "Entries ignored now"),
    },
    {
      alert: "FlagExpired",
      value: `time() - max by (namespace, flag) (${series("feature_flag_expires_timestamp_seconds")})`,
      breach: { over: 0 },
      for: "1h",
      severity: "info",
      team: "platform",
      summary: "The flag {{ $labels.flag }} is past its date",
      description: "{{ $labels.flag }} should have been gone or renewed {{ $value | humanizeDuration }} ago.",
      runbook: "flags.md#flagexpired",
      panel: panel("flags", "Time past the date of expiry"),
    },
    {
      alert: "FlagSettled",
      value: `time() - max by (namespace, flag) (${series("feature_flag_settled_timestamp_seconds")})`,
      breach: { over: thresholds.flagSettledSeconds },
      for: "1h",
      severity: "info",
      team: "platform",
      summary: "The flag {{ $labels.flag }} has been the same for everybody for long",
      description: "By an override or a finished rollout everybody has had the same value of {{ $labels.flag }} for {{ $value | humanizeDuration }} (threshold 30d): make it the default.",
      runbook: "flags.md#flagsettled",
      panel: panel("flags", "Time since it was settled"),
    },
  ],
};
