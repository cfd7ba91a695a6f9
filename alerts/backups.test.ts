import { backups } from "./backups.ts";
import { threshold } from "./test-support/alert-case.ts";
import { describeAlerts } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";

const namespace = "forecast-dev";
const maxAge = live("backup_max_age_seconds", { namespace });
const made = live("backup_last_success_timestamp_seconds", { namespace });
const verified = live("backup_last_verified_timestamp_seconds", { namespace });
const hours = (count: number): number => count * 60;

describeAlerts(backups, {
  BackupTooOld: () => [
    {
      behaviour: "fires after 26 hours, not at 26 hours, and ends with the next backup",
      step: 60,
      series: { [maxAge]: "93600x45", [made]: "0x30 108000x15" },
      silent: [hours(26), hours(33)],
      fires: [{ at: hours(29), labels: { namespace }, description: "The newest backup is 111.5% as old as it may be (threshold 100%): that much would be lost." }],
    },
    { behaviour: "stays silent where somebody else makes backups", step: 60, series: { [made]: "0x60" }, silent: [hours(50)], fires: [] },
  ],
  BackupMissing: () => [
    {
      behaviour: "fires a day after a start without any backup, and ends with the first one",
      step: 60,
      series: { [maxAge]: "93600x60", [made]: "_x40 144000x20" },
      silent: [hours(20), hours(43)],
      fires: [{ at: hours(30), labels: { namespace }, description: "No backup has been made, though the newest may be 1d 2h 0m 0s old at most." }],
    },
    { behaviour: "stays silent where somebody else makes backups", step: 60, series: {}, silent: [hours(50)], fires: [] },
  ],
  BackupVerificationFailed: (rule) => [
    threshold(rule, { behaviour: "fires for a backup that is not intact, and ends with one that is", series: [[live("backup_verification_failed", { namespace }), [0, 1]]], labels: { namespace }, description: "The newest verification failed (1: 1 failed, 0 passed)." }),
  ],
  BackupNotVerified: () => [
    {
      behaviour: "fires when backups are made and none is checked for three days, and ends with the next check",
      step: 60,
      series: { [maxAge]: "93600x105", [verified]: "0x90 324000x15" },
      silent: [hours(70), hours(78), hours(93)],
      fires: [{ at: hours(80), labels: { namespace }, description: "The last verification is 307.7% as old as a backup may be (threshold 300%)." }],
    },
  ],
});
