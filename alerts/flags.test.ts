import { flags } from "./flags.ts";
import { threshold } from "./test-support/alert-case.ts";
import { describeAlerts } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";

const namespace = "forecast-dev";
const flag = "CROSS_DOCK_ENABLED";
const hours = (count: number): number => count * 60;
const days = (count: number): number => count * 1_440;

describeAlerts(flags, {
  FlagsOutdated: (rule) => [
    threshold(rule, {
      behaviour: "fires when a process has not heard of the flags for over two minutes, not when it is a little less behind",
      series: [[live("feature_flags_age_seconds", { namespace }), [118, 130]]],
      labels: { namespace },
      description: "The process that is furthest behind last heard of the flags 2m 10s ago (threshold 2m): a flag that is turned now does not reach it.",
    }),
  ],
  FlagEntriesIgnored: (rule) => [
    threshold(rule, {
      behaviour: "fires as long as something that somebody wrote does not count",
      series: [[live("feature_flag_entries_ignored", { namespace, map: "overrides" }), [0, 1]]],
      labels: { namespace, map: "overrides" },
      description: "1 entries of the overrides are ignored: somebody believes to have turned a flag and has not.",
    }),
  ],
  FlagExpired: () => [
    {
      // Dates that move with the time are always half a second ahead, and then a second ago.
      behaviour: "fires when the date of a flag has been past for an hour, and ends when it gets a later one",
      step: 60,
      series: { [live("feature_flag_expires_timestamp_seconds", { namespace, flag })]: "0.5+3600x9 35999+3600x10 864000x10" },
      silent: [hours(9), hours(10), hours(22)],
      fires: [{ at: hours(15), labels: { namespace, flag }, description: "CROSS_DOCK_ENABLED should have been gone or renewed 1s ago." }],
    },
  ],
  FlagSettled: () => [
    {
      behaviour: "fires after 30 days of the same value for everybody, and ends when the override is gone",
      step: 720,
      series: { [live("feature_flag_settled_timestamp_seconds", { namespace, flag })]: "0x64 _x4" },
      silent: [days(30), days(33)],
      fires: [{ at: days(31.5), labels: { namespace, flag }, description: "By an override or a finished rollout everybody has had the same value of CROSS_DOCK_ENABLED for 31d 12h 0m 0s (threshold 30d): make it the default." }],
    },
  ],
});
