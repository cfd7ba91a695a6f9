-- Kind: expand
-- Undo: U0.0.15__record_backups.sql
--
-- What was backed up and verified, for metrics and alerts. The store of the
-- backups is what counts: this table belongs to no tenant, holds no content,
-- and goes back with the database when an older backup is restored.

CREATE TABLE backups (
  name           text        PRIMARY KEY CHECK (name <> ''),
  created_at     timestamptz NOT NULL,
  bytes          bigint      NOT NULL CHECK (bytes > 0),
  schema_version text        NOT NULL,
  -- The newest attempt to restore it into a database of its own; null: none yet.
  checked_at     timestamptz,
  -- Whether that attempt gave the same rows.
  intact         boolean,
  CHECK ((checked_at IS NULL) = (intact IS NULL))
);
REVOKE INSERT, UPDATE, DELETE ON backups FROM forecast_app;
