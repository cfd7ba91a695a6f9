-- Kind: expand
-- Undo: U0.0.3__create_forecasts.sql
--
-- A run forecasts every active item of a tenant, split into batches. A batch is
-- done exactly when its forecasts are stored: both happen in one transaction.

CREATE TABLE forecast_runs (
  run_id        uuid        PRIMARY KEY,
  tenant_id     text        NOT NULL,
  trigger       text        NOT NULL CHECK (trigger IN ('schedule', 'manual')),
  status        text        NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'completed', 'failed')),
  requested_at  timestamptz NOT NULL DEFAULT now(),
  started_at    timestamptz,
  finished_at   timestamptz,
  -- The newest day of demand that the run knew; forecasts start after it.
  as_of         date,
  items_total   integer     NOT NULL DEFAULT 0,
  batches_total integer     NOT NULL DEFAULT 0,
  batches_done  integer     NOT NULL DEFAULT 0,
  error         text,
  -- Accuracy over all items, written when the last batch is done.
  summary       jsonb
);
CREATE INDEX idx_forecast_runs_newest ON forecast_runs (tenant_id, status, requested_at DESC);

CREATE TABLE forecast_batches (
  run_id         uuid        NOT NULL REFERENCES forecast_runs (run_id) ON DELETE CASCADE,
  batch_no       integer     NOT NULL,
  material_ids   uuid[]      NOT NULL,
  facility_ids   text[]      NOT NULL,
  status         text        NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'done', 'failed')),
  worker         text,
  memory_percent double precision,
  elapsed_ms     integer,
  finished_at    timestamptz,
  PRIMARY KEY (run_id, batch_no),
  CHECK (cardinality(material_ids) = cardinality(facility_ids))
);

-- One row per item, facility and run; the values of the horizon are arrays.
CREATE TABLE forecasts (
  run_id          uuid             NOT NULL REFERENCES forecast_runs (run_id) ON DELETE CASCADE,
  tenant_id       text             NOT NULL,
  facility_id     text             NOT NULL,
  material_id     uuid             NOT NULL REFERENCES items (material_id) ON DELETE CASCADE,
  sku             text             NOT NULL,
  period          text             NOT NULL CHECK (period IN ('day', 'month')),
  -- The first day (or the first day of the first month) that the forecast is for.
  forecast_date   date             NOT NULL,
  point           double precision[] NOT NULL,
  lower_80        double precision[] NOT NULL,
  upper_80        double precision[] NOT NULL,
  lower_95        double precision[] NOT NULL,
  upper_95        double precision[] NOT NULL,
  model           text             NOT NULL,
  -- Why this model: the measures of the series, the rule, the scores, the fallback.
  selection       jsonb            NOT NULL,
  history_periods integer          NOT NULL,
  -- Back-test accuracy; null where a measure has no value.
  item_mape       double precision,
  mape_excluded   integer          NOT NULL,
  wape            double precision,
  mase            double precision,
  bias            double precision,
  judged_by       text             CHECK (judged_by IN ('mape', 'mase')),
  -- Sums over the back-test, from which totals over items are computed.
  actual_sum      double precision NOT NULL,
  error_sum       double precision NOT NULL,
  created_at      timestamptz      NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, material_id, facility_id)
);
CREATE INDEX idx_forecasts_item_date ON forecasts (tenant_id, sku, forecast_date DESC);
CREATE INDEX idx_forecasts_run_sku ON forecasts (run_id, sku, facility_id);
