-- Undoes V0.0.16__keep_variants_and_selections.sql. Deletes the variants, the
-- stored selections and the measures that it added; the next run makes them again.

DROP TABLE forecast_models;
DROP TABLE forecast_variants;
ALTER TABLE forecast_runs DROP COLUMN selection;
ALTER TABLE forecasts DROP COLUMN rmsse, DROP COLUMN mae, DROP COLUMN rmse, DROP COLUMN tracking_signal, DROP COLUMN variant;
