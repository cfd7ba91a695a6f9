-- Undoes V0.0.19__keep_how_accuracy_was_judged.sql. Forgets which measure judges
-- a series; maintenance measures the newest period again.

ALTER TABLE forecast_accuracy_metrics DROP COLUMN judged_by;
