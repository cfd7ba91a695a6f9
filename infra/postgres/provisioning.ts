import { provisioningSql as sqlOf } from "@forecast-stack/migrations/provisioning.ts";

/** Database, roles and ports that the service, the migrations and the exporter agree on. */
export const database = {
  name: "forecast",
  port: 5432,
  /** Owns the schema; only migrations use it. */
  owner: "forecast_owner",
  /** Reads and writes rows; the service uses it. */
  app: "forecast_app",
  /** Reads statistics; the exporter uses it. */
  monitor: "forecast_monitor",
} as const;

/**
 * Script of a new database's first start: roles, database, extensions.
 *
 * psql reads the passwords from the environment: no character in them can end a
 * string, and neither the list of processes nor the server's log shows them.
 */
export function initScript(): string {
  const { name, owner, app, monitor } = database;
  return `#!/bin/sh
set -eu

psql -v ON_ERROR_STOP=1 --username "\${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\\getenv owner_password OWNER_PASSWORD
\\getenv app_password APP_PASSWORD
\\getenv monitor_password MONITOR_PASSWORD
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
CREATE ROLE ${owner} LOGIN PASSWORD :'owner_password';
CREATE ROLE ${app} LOGIN PASSWORD :'app_password';
CREATE ROLE ${monitor} LOGIN PASSWORD :'monitor_password' IN ROLE pg_monitor;
CREATE DATABASE ${name} OWNER ${owner};
SQL

psql -v ON_ERROR_STOP=1 --username "\${POSTGRES_USER:-postgres}" --dbname ${name} <<'SQL'
${provisioningSql().join("\n")}
SQL
`;
}

/** What an administrator does once inside the new database; CloudNativePG runs it as it is. */
export function provisioningSql(): string[] {
  return sqlOf(database);
}
