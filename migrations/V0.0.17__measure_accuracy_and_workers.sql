-- Kind: expand
-- Undo: U0.0.17__measure_accuracy_and_workers.sql
--
-- How accurate forecasts turned out to be, kept from period to period, and
-- which workers show signs of life.

-- One row per item, facility and measured period: what was forecast, before it
-- could be known, against what was asked for.
CREATE TABLE forecast_accuracy_metrics (
  tenant_id                text             NOT NULL REFERENCES tenants (tenant_id),
  facility_id              text             NOT NULL,
  material_id              uuid             NOT NULL REFERENCES items (material_id) ON DELETE CASCADE,
  -- Both days included.
  measurement_period_start date             NOT NULL,
  measurement_period_end   date             NOT NULL,
  -- The one that forecast the newest part of the period.
  model                    text             NOT NULL,
  -- Compared days or months, and those of them without demand.
  periods                  integer          NOT NULL CHECK (periods > 0),
  mape_excluded            integer          NOT NULL,
  -- Percent, percent, percent; units of demand twice; multiples of the MAE.
  mape                     double precision,
  wape                     double precision,
  bias                     double precision,
  mae                      double precision NOT NULL,
  rmse                     double precision NOT NULL,
  tracking_signal          double precision NOT NULL,
  actual_sum               double precision NOT NULL,
  measured_at              timestamptz      NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, facility_id, material_id, measurement_period_end)
);
CREATE INDEX idx_forecast_accuracy_period ON forecast_accuracy_metrics (tenant_id, material_id, measurement_period_end DESC);
SELECT isolate_tenants('forecast_accuracy_metrics');

-- One row per worker, written while ML_SERVICE_KEEPALIVE is on; of the stack and not of a tenant.
CREATE TABLE forecast_workers (
  worker  text        PRIMARY KEY,
  version text        NOT NULL,
  threads integer     NOT NULL CHECK (threads > 0),
  -- Milliseconds that a forecast thread took to answer.
  answered_ms double precision NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now()
);
