-- Undoes V0.0.17__measure_accuracy_and_workers.sql. Deletes what was measured
-- of past periods; maintenance measures the newest one again.

DROP TABLE forecast_workers;
DROP TABLE forecast_accuracy_metrics;
