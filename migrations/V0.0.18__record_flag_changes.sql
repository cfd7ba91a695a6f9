-- Kind: expand
-- Undo: U0.0.18__record_flag_changes.sql
--
-- The history of the feature flags: which value was changed, by whom and why.
-- Flags are of the whole stack, so the rows belong to no tenant and hold nothing
-- of any. Each row holds the hash of the one before it: one that is altered or
-- taken out breaks the chain. Rows are only ever added, as in audit_log.

CREATE TABLE flag_changes (
  -- Without a gap, unlike a sequence: a missing number is a missing change.
  change_no        bigint      PRIMARY KEY CHECK (change_no > 0),
  map              text        NOT NULL CHECK (map IN ('definitions', 'overrides', 'rollouts')),
  -- What it stands under in its ConfigMap: a flag, or the name of a rollout.
  key              text        NOT NULL,
  flag             text        NOT NULL,
  before           text,
  after            text,
  changed_by       text        NOT NULL,
  reason           text,
  until            timestamptz,
  tool             text,
  changed_at       timestamptz NOT NULL,
  noted_at         timestamptz,
  map_uid          text        NOT NULL,
  resource_version bigint      NOT NULL,
  previous_hash    text        NOT NULL,
  hash             text        NOT NULL UNIQUE,
  CHECK (before IS DISTINCT FROM after),
  -- However many processes see a version of a map, each of its changes is kept once.
  UNIQUE (map, map_uid, resource_version, key)
);
CREATE INDEX idx_flag_changes_key ON flag_changes (map, key, change_no DESC);
CREATE INDEX idx_flag_changes_flag ON flag_changes (flag, change_no DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON flag_changes EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON flag_changes FROM forecast_app;
