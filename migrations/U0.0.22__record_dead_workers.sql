-- Undoes V0.0.22__record_dead_workers.sql. Deletes what was counted of batches
-- that were taken over from dead workers.

DELETE FROM watchdog_interventions WHERE kind = 'dead-worker';
ALTER TABLE watchdog_interventions
  DROP CONSTRAINT watchdog_interventions_kind_check,
  ADD CONSTRAINT watchdog_interventions_kind_check CHECK (kind IN ('stalled-run', 'missed-schedule'));
