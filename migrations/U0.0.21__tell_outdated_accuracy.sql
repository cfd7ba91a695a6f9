-- Undoes V0.0.21__tell_outdated_accuracy.sql. Deletes which measures of past
-- periods were outdated by corrected demand.

ALTER TABLE forecast_accuracy_metrics DROP COLUMN outdated;
