-- Kind: expand
-- Undo: U0.0.10__record_watchdog_interventions.sql
--
-- What the watchdog of the forecast runs found, and whether it put it right.
-- Rows belong to no tenant: a subject is the id of a run or the name of a queue.

CREATE TABLE watchdog_interventions (
  intervention_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind            text        NOT NULL CHECK (kind IN ('stalled-run', 'missed-schedule')),
  subject         text        NOT NULL,
  mended          boolean     NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_watchdog_interventions_newest ON watchdog_interventions (created_at DESC);
