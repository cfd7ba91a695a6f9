-- Kind: expand
-- Undo: U0.0.22__record_dead_workers.sql
--
-- A batch that is taken over from a worker without a sign of life is counted
-- like what the watchdog puts right; its subject is the run. Not validated,
-- which would hold up the service: what the old constraint let in, this one does.
ALTER TABLE watchdog_interventions
  DROP CONSTRAINT watchdog_interventions_kind_check,
  ADD CONSTRAINT watchdog_interventions_kind_check CHECK (kind IN ('stalled-run', 'missed-schedule', 'dead-worker')) NOT VALID;
