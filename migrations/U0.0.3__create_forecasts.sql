-- Undoes V0.0.3__create_forecasts.sql. Deletes all runs and forecasts.

DROP TABLE forecasts;
DROP TABLE forecast_batches;
DROP TABLE forecast_runs;
