-- Kind: expand
-- Undo: U0.0.12__create_replenishment_suggestions.sql
--
-- What should be ordered, why, and what became of it; and forecasts as a row per
-- period, for reports.

-- How urgent an order is. These rules stand here only: the column below and
-- every question about stock ask this function.
--   CRITICAL  nothing is left to promise: on hand less allocated is not above 0
--   HIGH      at the mean demand that is used up before an order of today arrives
--   MEDIUM    on hand, on order and not allocated are not above the reorder point
--   LOW       none of these
CREATE FUNCTION calculate_replenishment_urgency(
  on_hand double precision, on_order double precision, allocated double precision,
  daily_demand double precision, lead_time_days double precision, reorder_point double precision
) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
  WHEN on_hand - allocated <= 0 THEN 'CRITICAL'
  WHEN on_hand - allocated < daily_demand * lead_time_days THEN 'HIGH'
  WHEN on_hand + on_order - allocated <= reorder_point THEN 'MEDIUM'
  ELSE 'LOW'
END;

CREATE TABLE replenishment_suggestions (
  suggestion_id          uuid             PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id              text             NOT NULL REFERENCES tenants (tenant_id),
  facility_id            text             NOT NULL CHECK (facility_id <> ''),
  material_id            uuid             NOT NULL REFERENCES items (material_id) ON DELETE CASCADE,
  -- pending: to be decided. expired: was not needed any more before that.
  status                 text             NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'accepted', 'rejected', 'ordered', 'expired')),
  quantity               double precision NOT NULL CHECK (quantity > 0 AND quantity < 'Infinity'),
  -- What the suggestion rests on, as it was when it was made.
  quantity_on_hand       double precision NOT NULL,
  quantity_on_order      double precision NOT NULL,
  quantity_allocated     double precision NOT NULL,
  daily_demand           double precision NOT NULL,
  lead_time_days         double precision NOT NULL,
  service_level          double precision NOT NULL,
  safety_stock           double precision NOT NULL,
  safety_stock_method    text             NOT NULL CHECK (safety_stock_method IN ('basic', 'demand-variability', 'lead-time-variability', 'kings-formula')),
  reorder_point          double precision NOT NULL,
  reorder_point_method   text             NOT NULL CHECK (reorder_point_method IN ('mean-plus-safety-stock', 'lead-time-demand-quantile')),
  economic_order_quantity double precision,
  -- In the tenant's currency; null when the item's unit cost is not known.
  estimated_cost         double precision,
  -- Why, in sentences.
  reasons                text[]           NOT NULL,
  urgency                text             NOT NULL GENERATED ALWAYS AS (calculate_replenishment_urgency(quantity_on_hand, quantity_on_order, quantity_allocated, daily_demand, lead_time_days, reorder_point)) STORED,
  urgency_rank           smallint         NOT NULL GENERATED ALWAYS AS (array_position(ARRAY['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], calculate_replenishment_urgency(quantity_on_hand, quantity_on_order, quantity_allocated, daily_demand, lead_time_days, reorder_point))) STORED,
  created_at             timestamptz      NOT NULL DEFAULT now(),
  updated_at             timestamptz      NOT NULL DEFAULT now(),
  -- Who decided last, and what they said of it.
  decided_at             timestamptz,
  decided_by             text,
  note                   text
);
-- One open suggestion for an item at a facility: it is renewed, not repeated.
CREATE UNIQUE INDEX idx_replenishment_suggestions_open ON replenishment_suggestions (tenant_id, facility_id, material_id) WHERE status IN ('pending', 'accepted');
-- Lists show the most urgent first.
CREATE INDEX idx_replenishment_suggestions_status ON replenishment_suggestions (tenant_id, status, urgency_rank, suggestion_id);
CREATE INDEX idx_replenishment_suggestions_material ON replenishment_suggestions (material_id);
SELECT isolate_tenants('replenishment_suggestions');

-- Forecasts of an item at a facility, whichever run made them.
CREATE INDEX idx_material_forecasts_lookup ON forecasts (tenant_id, facility_id, material_id, forecast_date DESC);
CREATE INDEX idx_forecasts_material ON forecasts (material_id);

-- The table keeps the values of a horizon together.
CREATE VIEW material_forecasts WITH (security_invoker = true) AS
  SELECT f.run_id, f.tenant_id, f.facility_id, f.material_id, f.sku,
         (CASE f.period WHEN 'day' THEN f.forecast_date + (step - 1)::int ELSE (f.forecast_date + (step - 1) * interval '1 month')::date END) AS forecast_date,
         v.point AS forecast_quantity, v.lower_80, v.upper_80, v.lower_95, v.upper_95, f.model,
         CASE WHEN f.run_id = (SELECT r.run_id FROM forecast_runs r WHERE r.tenant_id = f.tenant_id AND r.status = 'completed' ORDER BY r.requested_at DESC LIMIT 1) THEN 'ACTIVE' ELSE 'SUPERSEDED' END AS forecast_status,
         f.created_at
  FROM forecasts f
  CROSS JOIN LATERAL unnest(f.point, f.lower_80, f.upper_80, f.lower_95, f.upper_95) WITH ORDINALITY AS v (point, lower_80, upper_80, lower_95, upper_95, step);
