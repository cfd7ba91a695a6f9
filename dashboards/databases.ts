import { dashboardUids } from "@forecast-stack/monitoring/panel-reference.ts";
import { series } from "@forecast-stack/monitoring/promql.ts";
import { alertPanel } from "./alert-panel.ts";
import type { ClassicDashboard } from "./classic-dashboard.ts";
import { curve, dashboard, number } from "./layout.ts";

const here = { namespace: "$namespace" } as const;

/** Postgres, its statements, tables and backups, and Redis. */
export function databases(): ClassicDashboard {
  return dashboard({
    uid: dashboardUids.databases,
    title: "Databases",
    description: "Postgres with its statements, tables and backups, and Redis.",
    owner: "platform",
    window: "6h",
    sections: [
      {
        title: "Are they there?",
        panels: [
          number(alertPanel("PostgresDown", { description: "1 while the exporter reaches Postgres, 0 while it does not.", unit: "none", legend: "Postgres" })),
          number(alertPanel("RedisDown", { description: "1 while the exporter reaches Redis, 0 while it does not.", unit: "none", legend: "Redis" })),
          number(alertPanel("BackupTooOld", { description: "Age of the newest backup as a share of the age that it may reach.", unit: "percentunit", legend: "age" })),
          number({ ...alertPanel("BackupNotVerified", { description: "Age of the newest verified backup as a share of the age that a backup may reach.", unit: "percentunit", legend: "age" }), emptyIsGood: true }),
          number({ ...alertPanel("BackupVerificationFailed", { description: "1 while the newest verification of a backup has failed.", unit: "none", legend: "failed" }), emptyIsGood: true }),
          number({ title: "Size of the newest backup", description: "Bytes of the newest backup, compressed and encrypted.", unit: "bytes", queries: [{ expr: `max(${series("backup_size_bytes", here)})`, legend: "size" }], emptyIsGood: true }),
        ],
      },
      {
        title: "Connections and statements",
        panels: [
          curve(alertPanel("PostgresConnectionsHigh", { description: "Connections of the server in use, as a share of those that it takes.", unit: "percentunit", legend: "in use", min: 0, max: 1 })),
          curve(alertPanel("DatabasePoolExhausted", { description: "Connections of each process's pool in use, as a share of those that it may open.", unit: "percentunit", legend: "{{pod}}", min: 0, max: 1 })),
          curve(alertPanel("QueriesSlow", { description: "Time within which 95 of 100 statements of the service end.", unit: "s", legend: "p95", min: 0 })),
          curve({ title: "Slow statements", description: "Statements per minute that took longer than SLOW_QUERY_THRESHOLD_MS, by name.", unit: "opm", min: 0, queries: [{ expr: `sum by (query) (60 * rate(${series("database_slow_queries_total", here)}[5m])) > 0`, legend: "{{query}}" }], emptyIsGood: true }),
          curve({ title: "Failed statements", description: "Statements per minute that failed, by name.", unit: "opm", min: 0, queries: [{ expr: `sum by (query) (60 * rate(${series("database_query_errors_total", here)}[5m])) > 0`, legend: "{{query}}" }], emptyIsGood: true }),
          curve(alertPanel("TransactionTooLong", { description: "How long the longest open transaction has been open.", unit: "s", legend: "{{datname}}", min: 0 })),
        ],
      },
      {
        title: "Tables and disks",
        panels: [
          curve({ ...alertPanel("TableBloated", { description: "Dead rows as a share of a table's rows.", unit: "percentunit", legend: "{{table}}", min: 0, max: 1 }), emptyIsGood: true }),
          curve({ ...alertPanel("IndexesUnused", { description: "Scans of a table that used an index, as a share of all.", unit: "percentunit", legend: "{{table}}", min: 0, max: 1 }), emptyIsGood: true }),
          curve(alertPanel("PostgresVolumeFilling", { description: "Data as a share of the volume that it is on.", unit: "percentunit", legend: "data", min: 0, max: 1 })),
          curve({ ...alertPanel("ReplicationLagging", { description: "What a standby has not received yet. Empty without a standby.", unit: "bytes", legend: "{{application_name}}", min: 0 }), emptyIsGood: true }),
          curve({ ...alertPanel("RedisMemoryHigh", { description: "Memory of Redis as a share of its limit.", unit: "percentunit", legend: "memory", min: 0, max: 1 }) }),
        ],
      },
    ],
  });
}
