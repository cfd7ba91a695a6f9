-- Kind: expand
-- Undo: U0.0.5__isolate_tenants.sql
--
-- Row-level security: a session sees and writes the rows of the tenant that its
-- setting app.tenant_id names, and none when it names none. FORCE applies it to
-- the owner of the tables too.

CREATE TABLE tenants (
  tenant_id  text        PRIMARY KEY CHECK (tenant_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name       text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO tenants (tenant_id, name) SELECT DISTINCT tenant_id, tenant_id FROM items;
INSERT INTO tenants (tenant_id, name) VALUES ('default', 'Default') ON CONFLICT DO NOTHING;

-- A call for each table that has a tenant_id; a test asks that none is forgotten.
CREATE FUNCTION isolate_tenants(isolated regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', isolated);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', isolated);
  EXECUTE format('CREATE POLICY tenant_rows ON %s USING (tenant_id = current_setting(''app.tenant_id'', true)) WITH CHECK (tenant_id = current_setting(''app.tenant_id'', true))', isolated);
END
$$;
REVOKE EXECUTE ON FUNCTION isolate_tenants FROM PUBLIC;

CREATE FUNCTION stop_isolating_tenants(isolated regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DROP POLICY tenant_rows ON %s', isolated);
  EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', isolated);
  EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', isolated);
END
$$;
REVOKE EXECUTE ON FUNCTION stop_isolating_tenants FROM PUBLIC;

ALTER TABLE forecast_batches ADD COLUMN tenant_id text;
UPDATE forecast_batches b SET tenant_id = r.tenant_id FROM forecast_runs r WHERE r.run_id = b.run_id;
ALTER TABLE forecast_batches ALTER COLUMN tenant_id SET NOT NULL;

SELECT isolate_tenants(isolated) FROM unnest(ARRAY['items', 'inventory', 'demand_history', 'forecast_runs', 'forecast_batches', 'forecasts']::regclass[]) AS isolated;
