-- Kind: expand
-- Undo: U0.0.21__tell_outdated_accuracy.sql
--
-- A measured period is asked for again and again; what was kept of it holds
-- until demand of its days is corrected.
ALTER TABLE forecast_accuracy_metrics ADD COLUMN outdated boolean NOT NULL DEFAULT false;
