import type { RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { panel } from "@forecast-stack/monitoring/panel-reference.ts";
import { series } from "@forecast-stack/monitoring/promql.ts";
import { thresholds } from "@forecast-stack/monitoring/thresholds.ts";

type BackupGauge = "backup_last_success_timestamp_seconds" | "backup_last_verified_timestamp_seconds" | "backup_max_age_seconds" | "backup_verification_failed";

/** Every pod of the api tells the same; the newest word counts. */
const newest = (name: BackupGauge): string => `max by (namespace) (${series(name)})`;

/** As a share of the age that the newest backup may reach: nothing where somebody else makes backups. */
const ageOf = (moment: BackupGauge): string => `(time() - ${newest(moment)}) / ${newest("backup_max_age_seconds")}`;

/** Could the database be brought back, and how old would it be? */
export const backups: RuleGroup = {
  name: "backups",
  rules: [
    {
      alert: "BackupTooOld",
      value: ageOf("backup_last_success_timestamp_seconds"),
      breach: { over: thresholds.backupAge },
      for: "15m",
      severity: "critical",
      team: "platform",
      summary: "The newest backup of the database is too old",
      description: "The newest backup is {{ $value | humanizePercentage }} as old as it may be (threshold 100%): that much would be lost.",
      runbook: "backups.md#backuptooold",
      panel: panel("databases", "Age of the newest backup"),
    },
    {
      alert: "BackupMissing",
      value: `${newest("backup_max_age_seconds")} unless ${newest("backup_last_success_timestamp_seconds")}`,
      for: "26h",
      severity: "critical",
      team: "platform",
      summary: "There is no backup of the database",
      description: "No backup has been made, though the newest may be {{ $value | humanizeDuration }} old at most.",
      runbook: "backups.md#backupmissing",
    },
    {
      alert: "BackupVerificationFailed",
      value: newest("backup_verification_failed"),
      breach: { over: 0 },
      for: "5m",
      severity: "critical",
      team: "platform",
      summary: "A backup could not be restored as it was made",
      description: "The newest verification failed ({{ $value }}: 1 failed, 0 passed).",
      runbook: "backups.md#backupverificationfailed",
      panel: panel("databases", "Backup verification failed"),
    },
    {
      alert: "BackupNotVerified",
      value: ageOf("backup_last_verified_timestamp_seconds"),
      breach: { over: thresholds.backupVerificationAge },
      for: "15m",
      severity: "warning",
      team: "platform",
      summary: "No backup has been verified lately",
      description: "The last verification is {{ $value | humanizePercentage }} as old as a backup may be (threshold 300%).",
      runbook: "backups.md#backupnotverified",
      panel: panel("databases", "Age of the newest verified backup"),
    },
  ],
};
