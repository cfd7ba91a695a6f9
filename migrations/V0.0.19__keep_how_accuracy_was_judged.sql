-- Kind: expand
-- Undo: U0.0.19__keep_how_accuracy_was_judged.sql
--
-- Which measure judges a series, so that its measured accuracy can be added up
-- as a comparison that is made anew is. Null: measured by an older release.

ALTER TABLE forecast_accuracy_metrics ADD COLUMN judged_by text CHECK (judged_by IN ('mape', 'mase'));
