-- Kind: expand
-- Undo: U0.0.14__record_health.sql
--
-- What the health job found last: one row, which every process of the API shows.

CREATE TABLE health_report (
  only_row   boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
  checked_at timestamptz NOT NULL,
  status     text        NOT NULL CHECK (status IN ('healthy', 'degraded', 'unhealthy')),
  -- Jobs in a row that did not find everything healthy.
  failures   integer     NOT NULL CHECK (failures >= 0),
  checks     jsonb       NOT NULL,
  -- The status that the webhook took last; null before the first.
  told       text        CHECK (told IN ('healthy', 'degraded', 'unhealthy'))
);
