import type { MetricDefinition } from "./metric-definition.ts";

/** What is known of the backups of the database; the api tells it, as the jobs that make backups have recorded it. */
export const backupMetrics = {
  backup_max_age_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Age that the newest backup may reach (BACKUP_MAX_AGE_HOURS); absent where somebody else makes backups",
    labels: {},
    owner: "platform",
    emittedBy: ["api"],
    absentUntilKnown: true,
  },
  backup_last_success_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the newest complete backup was made",
    labels: {},
    owner: "platform",
    emittedBy: ["api"],
    absentUntilKnown: true,
  },
  backup_size_bytes: {
    type: "gauge",
    unit: "bytes",
    help: "Size of the newest backup, compressed and encrypted",
    labels: {},
    owner: "platform",
    emittedBy: ["api"],
    absentUntilKnown: true,
  },
  backup_last_verified_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When a backup was last restored into a database of its own and had all its rows",
    labels: {},
    owner: "platform",
    emittedBy: ["api"],
    absentUntilKnown: true,
  },
  backup_verification_failed: {
    type: "gauge",
    unit: "state",
    help: "1 when the newest verification found a backup that is not intact, else 0",
    labels: {},
    owner: "platform",
    emittedBy: ["api"],
    absentUntilKnown: true,
  },
} as const satisfies Record<string, MetricDefinition>;
