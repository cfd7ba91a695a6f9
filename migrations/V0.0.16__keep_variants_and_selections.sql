-- Kind: expand
-- Undo: U0.0.16__keep_variants_and_selections.sql
--
-- More measures of accuracy, both variants of a forecast where they differ, and
-- which models an item was found to need, so that a run need not find out again.

ALTER TABLE forecasts
  ADD COLUMN rmsse           double precision,
  ADD COLUMN mae             double precision,
  ADD COLUMN rmse            double precision,
  ADD COLUMN tracking_signal double precision,
  -- Which variant is served: regular models, or the rule's for intermittent demand.
  ADD COLUMN variant         text NOT NULL DEFAULT 'hybrid' CHECK (variant IN ('regular', 'hybrid'));

-- Models of runs that reuse earlier selections are found anew only where there is none.
ALTER TABLE forecast_runs
  ADD COLUMN selection text NOT NULL DEFAULT 'anew' CHECK (selection IN ('reuse', 'anew'));

-- What each variant forecast for an item, where the two differ or a rollout
-- compares them: the pairs that a comparison is made from, and what a run goes
-- back to.
CREATE TABLE forecast_variants (
  run_id          uuid               NOT NULL REFERENCES forecast_runs (run_id) ON DELETE CASCADE,
  tenant_id       text               NOT NULL REFERENCES tenants (tenant_id),
  facility_id     text               NOT NULL,
  material_id     uuid               NOT NULL REFERENCES items (material_id) ON DELETE CASCADE,
  variant         text               NOT NULL CHECK (variant IN ('regular', 'hybrid')),
  served          boolean            NOT NULL,
  model           text               NOT NULL,
  parameters      jsonb              NOT NULL,
  point           double precision[] NOT NULL,
  lower_80        double precision[] NOT NULL,
  upper_80        double precision[] NOT NULL,
  lower_95        double precision[] NOT NULL,
  upper_95        double precision[] NOT NULL,
  item_mape       double precision,
  mape_excluded   integer            NOT NULL,
  wape            double precision,
  mase            double precision,
  rmsse           double precision,
  mae             double precision,
  rmse            double precision,
  bias            double precision,
  tracking_signal double precision,
  actual_sum      double precision   NOT NULL,
  error_sum       double precision   NOT NULL,
  PRIMARY KEY (run_id, material_id, facility_id, variant)
);
SELECT isolate_tenants('forecast_variants');

-- One row per item and facility: the selection that holds until the next one.
CREATE TABLE forecast_models (
  tenant_id     text        NOT NULL REFERENCES tenants (tenant_id),
  facility_id   text        NOT NULL,
  material_id   uuid        NOT NULL REFERENCES items (material_id) ON DELETE CASCADE,
  regular_model text        NOT NULL,
  hybrid_model  text        NOT NULL,
  -- Rule, fallback and the scores of the back-test, as forecasts.selection has them.
  selection     jsonb       NOT NULL,
  run_id        uuid        NOT NULL,
  selected_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, facility_id, material_id)
);
CREATE INDEX idx_forecast_models_material ON forecast_models (material_id);
SELECT isolate_tenants('forecast_models');
