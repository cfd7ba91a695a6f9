SELECT stop_isolating_tenants(isolated) FROM unnest(ARRAY['items', 'inventory', 'demand_history', 'forecast_runs', 'forecast_batches', 'forecasts']::regclass[]) AS isolated;
ALTER TABLE forecast_batches DROP COLUMN tenant_id;
DROP FUNCTION stop_isolating_tenants(regclass);
DROP FUNCTION isolate_tenants(regclass);
DROP TABLE tenants;
