import { neverFires, threshold } from "./test-support/alert-case.ts";
import { describeAlerts } from "./test-support/describe-alerts.ts";
import { live } from "./test-support/live-series.ts";
import { databases } from "./databases.ts";

const namespace = "forecast-dev";
const api = { namespace, pod: "api-654d4c94d7-qltw7", instance: "api-654d4c94d7-qltw7" };
const MIB = 1024 * 1024;

describeAlerts(databases, {
  PostgresDown: (rule) => [
    threshold(rule, { behaviour: "fires while the exporter cannot reach Postgres", series: [[live("pg_up"), [1, 0]]], labels: { namespace }, description: "The exporter reaches Postgres: 0 (1 yes, 0 no) for a minute. Nothing is stored and only cached forecasts are served." }),
  ],
  PostgresConnectionsHigh: (rule) => [
    threshold(rule, {
      behaviour: "fires above 80 % of the server's connections",
      series: [[live("pg_stat_activity_count", { state: "active" }), [30, 32]], [live("pg_stat_activity_count", { state: "idle" }), [50, 50]], [live("pg_settings_max_connections"), [100, 100]]],
      labels: { namespace },
      description: "82% of the server's connections are in use (threshold 80%).",
    }),
  ],
  DatabasePoolExhausted: (rule) => [
    threshold(rule, {
      behaviour: "fires above 80 % of a process's pool",
      series: [[live("database_pool_connections", { ...api, state: "active" }), [8, 8.5]], [live("database_pool_connections", { ...api, state: "idle" }), [2, 2]], [live("database_pool_max_connections", api), [10, 10]]],
      labels: { namespace, pod: api.pod },
      description: `${api.pod} uses 85% of the connections of its pool (threshold 80%).`,
    }),
  ],
  QueriesSlow: (rule) => [
    threshold(rule, {
      behaviour: "fires when more than 5 of 100 statements take longer than 500 ms",
      series: [
        [live("database_query_duration_seconds_bucket", { ...api, query: "items.list", le: "0.2" }), { perMinute: [90, 90] }],
        [live("database_query_duration_seconds_bucket", { ...api, query: "items.list", le: "0.5" }), { perMinute: [95, 94.9] }],
        [live("database_query_duration_seconds_bucket", { ...api, query: "items.list", le: "1" }), { perMinute: [100, 100] }],
        [live("database_query_duration_seconds_bucket", { ...api, query: "items.list", le: "+Inf" }), { perMinute: [100, 100] }],
      ],
      labels: { namespace },
      description: "95 of 100 SQL statements end within 509.8ms (threshold 500ms).",
      window: 10,
    }),
  ],
  TransactionTooLong: (rule) => [
    threshold(rule, { behaviour: "fires for a transaction that stays open", series: [[live("pg_stat_activity_max_tx_duration", { state: "idle in transaction" }), [300, 320]]], labels: { namespace, datname: "forecast" }, description: "The longest transaction of the database forecast has been open for 5m 20s (threshold 5m); rows that it saw cannot be cleaned up." }),
    neverFires(rule, { behaviour: "stays silent for a connection that is idle", series: [[live("pg_stat_activity_max_tx_duration", { state: "idle" }), 4_000]] }),
  ],
  TableBloated: (rule) => [
    threshold(rule, {
      behaviour: "fires for a large table of which more than 30 % are dead rows",
      series: [[live("database_table_bloat_ratio", { ...api, table: "forecasts" }), [0.3, 0.31]], [live("database_table_rows", { ...api, table: "forecasts" }), [10_500, 10_500]]],
      labels: { namespace, table: "forecasts" },
      description: "31% of the rows of forecasts are dead (threshold 30%).",
    }),
    neverFires(rule, { behaviour: "stays silent for a small table", series: [[live("database_table_bloat_ratio", { ...api, table: "users" }), 0.9], [live("database_table_rows", { ...api, table: "users" }), 9_500]] }),
  ],
  IndexesUnused: (rule) => [
    threshold(rule, {
      behaviour: "fires for a large table of which less than 95 % of the scans use an index",
      series: [[live("database_index_use_ratio", { ...api, table: "forecasts" }), [0.95, 0.9]], [live("database_table_rows", { ...api, table: "forecasts" }), [10_500, 10_500]]],
      labels: { namespace, table: "forecasts" },
      description: "90% of the scans of forecasts use an index (threshold 95%).",
    }),
    neverFires(rule, { behaviour: "stays silent for a small table, which is rightly read from end to end", series: [[live("database_index_use_ratio", { ...api, table: "users" }), 0.1], [live("database_table_rows", { ...api, table: "users" }), 9_500]] }),
  ],
  PostgresVolumeFilling: (rule) => [
    threshold(rule, {
      behaviour: "fires when the databases take more than 80 % of their volume",
      series: [[live("pg_database_size_bytes"), [4_000 * MIB, 4_100 * MIB]], [live("kube_persistentvolumeclaim_resource_requests_storage_bytes", { namespace, persistentvolumeclaim: "data-postgres-0" }), [5_000 * MIB, 5_000 * MIB]]],
      labels: { namespace },
      description: "The databases take 82% of the volume (threshold 80%); its journal comes on top.",
    }),
  ],
  ReplicationLagging: (rule) => [
    threshold(rule, { behaviour: "fires for a standby that falls behind", series: [[live("pg_stat_replication_pg_wal_lsn_diff"), [256 * MIB, 270 * MIB]]], labels: { namespace, application_name: "postgres-2" }, description: "postgres-2 has still to receive 270MiB (threshold 256MiB)." }),
  ],
  RedisDown: (rule) => [
    threshold(rule, { behaviour: "fires while the exporter cannot reach Redis", series: [[live("redis_up"), [1, 0]]], labels: { namespace }, description: "The exporter reaches Redis: 0 (1 yes, 0 no) for 2 minutes. Each process uses a cache of its own meanwhile." }),
  ],
  RedisMemoryHigh: (rule) => [
    threshold(rule, { behaviour: "fires above 90 % of Redis's memory", series: [[live("redis_memory_used_bytes"), [90, 92]], [live("redis_memory_max_bytes"), [100, 100]]], labels: { namespace }, description: "Redis uses 92% of its memory (threshold 90%); it drops entries that are still good." }),
  ],
});
