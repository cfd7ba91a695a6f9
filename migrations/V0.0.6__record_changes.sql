-- Kind: expand
-- Undo: U0.0.6__record_changes.sql
--
-- The audit log: who changed what, with the row before and after. Rows are only
-- ever added; the service's role may neither change nor remove them, and nor
-- may the owner without first taking this trigger away.

CREATE TABLE audit_log (
  audit_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   text        NOT NULL REFERENCES tenants (tenant_id),
  changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Who: a user's e-mail address or the name of a service.
  actor       text        NOT NULL,
  actor_kind  text        NOT NULL CHECK (actor_kind IN ('user', 'service')),
  -- What was done to which thing, for example update, item, SKU-0001.
  action      text        NOT NULL,
  entity      text        NOT NULL,
  entity_id   text        NOT NULL,
  before      jsonb,
  after       jsonb,
  request_id  text
);
CREATE INDEX idx_audit_log_entity ON audit_log (tenant_id, entity, entity_id, audit_id DESC);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON audit_log FROM forecast_app;
SELECT isolate_tenants('audit_log');
