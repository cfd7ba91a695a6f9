-- Undoes V0.0.1__enable_extensions.sql. The extensions stay: provisioning made them.

ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM forecast_app;
REVOKE SELECT ON schema_version FROM forecast_app;
