-- Kind: expand
-- Undo: U0.0.1__enable_extensions.sql
--
-- The provisioning of the database creates the roles, the database and the
-- extensions, because that takes a superuser; here they are only asked for, so
-- that a database without them fails on this line and not in the middle of a
-- later migration.

CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

-- The service's role owns nothing: it reads and writes rows.
GRANT USAGE ON SCHEMA public TO forecast_app;
GRANT SELECT ON schema_version TO forecast_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO forecast_app;
