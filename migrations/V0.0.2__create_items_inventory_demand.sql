-- Kind: expand
-- Undo: U0.0.2__create_items_inventory_demand.sql
--
-- What is sold (items), what is stocked where (inventory) and what was asked
-- for on which day (demand_history). People name an item by its sku; rows point
-- at material_id, so that a sku can be corrected.

CREATE TABLE items (
  material_id   uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id     text        NOT NULL CHECK (tenant_id <> ''),
  sku           text        NOT NULL CHECK (sku <> ''),
  name          text        NOT NULL,
  category      text,
  unit          text        NOT NULL DEFAULT 'each',
  -- The step of the item's demand: one forecast value per day or per month.
  demand_period text        NOT NULL DEFAULT 'day' CHECK (demand_period IN ('day', 'month')),
  active        boolean     NOT NULL DEFAULT true,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, sku)
);

CREATE TABLE inventory (
  tenant_id          text             NOT NULL,
  facility_id        text             NOT NULL CHECK (facility_id <> ''),
  material_id        uuid             NOT NULL REFERENCES items (material_id) ON DELETE CASCADE,
  quantity_on_hand   double precision NOT NULL DEFAULT 0 CHECK (quantity_on_hand >= 0 AND quantity_on_hand < 'Infinity'),
  quantity_on_order  double precision NOT NULL DEFAULT 0 CHECK (quantity_on_order >= 0 AND quantity_on_order < 'Infinity'),
  quantity_allocated double precision NOT NULL DEFAULT 0 CHECK (quantity_allocated >= 0 AND quantity_allocated < 'Infinity'),
  updated_at         timestamptz      NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, facility_id, material_id)
);
CREATE INDEX idx_inventory_material ON inventory (material_id);

-- A day without a row is a day without demand.
CREATE TABLE demand_history (
  tenant_id   text             NOT NULL,
  facility_id text             NOT NULL CHECK (facility_id <> ''),
  material_id uuid             NOT NULL REFERENCES items (material_id) ON DELETE CASCADE,
  demand_date date             NOT NULL,
  quantity    double precision NOT NULL CHECK (quantity >= 0 AND quantity < 'Infinity'),
  PRIMARY KEY (tenant_id, facility_id, material_id, demand_date)
);
CREATE INDEX idx_demand_history_material_date_range ON demand_history (material_id, demand_date);
