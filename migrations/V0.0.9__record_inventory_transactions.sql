-- Kind: expand
-- Undo: U0.0.9__record_inventory_transactions.sql
--
-- What replenishment must know of an item, and the transactions that change
-- stock. All of an item's new columns may be null: not known.

ALTER TABLE items
  -- What one unit costs, and what placing one order costs, in the tenant's currency.
  ADD COLUMN unit_cost              double precision CHECK (unit_cost >= 0 AND unit_cost < 'Infinity'),
  ADD COLUMN ordering_cost          double precision CHECK (ordering_cost >= 0 AND ordering_cost < 'Infinity'),
  -- What holding one unit for a year costs, as a fraction of its unit cost.
  ADD COLUMN holding_cost_rate      double precision CHECK (holding_cost_rate BETWEEN 0 AND 10),
  -- Days from order to receipt: mean and standard deviation.
  ADD COLUMN lead_time_days         double precision CHECK (lead_time_days BETWEEN 0 AND 3650),
  ADD COLUMN lead_time_std_days     double precision CHECK (lead_time_std_days BETWEEN 0 AND 3650),
  -- The supplier takes no smaller order, and only whole packs.
  ADD COLUMN minimum_order_quantity double precision CHECK (minimum_order_quantity >= 0 AND minimum_order_quantity < 'Infinity'),
  ADD COLUMN pack_size              double precision CHECK (pack_size > 0 AND pack_size < 'Infinity'),
  -- The probability that stock lasts until the next receipt.
  ADD COLUMN service_level          double precision CHECK (service_level > 0 AND service_level < 1),
  ADD COLUMN supplier               text             CHECK (supplier <> '');

-- One row per transaction: what was asked for, and by how much it changed the
-- stock of its facility. A transfer also adds its quantity to the stock on hand
-- of to_facility_id. The reference is the sender's: what is sent twice is
-- stored once.
CREATE TABLE inventory_transactions (
  transaction_id    bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id         text             NOT NULL REFERENCES tenants (tenant_id),
  reference         text             NOT NULL CHECK (reference <> ''),
  type              text             NOT NULL CHECK (type IN ('order', 'order-cancellation', 'receipt', 'allocation', 'release', 'issue', 'shipment', 'adjustment', 'transfer')),
  facility_id       text             NOT NULL CHECK (facility_id <> ''),
  to_facility_id    text             CHECK (to_facility_id <> facility_id),
  material_id       uuid             NOT NULL REFERENCES items (material_id),
  -- Negative only for an adjustment that takes away.
  quantity          double precision NOT NULL CHECK (quantity <> 0 AND quantity > '-Infinity' AND quantity < 'Infinity' AND (quantity > 0 OR type = 'adjustment')),
  on_hand_change    double precision NOT NULL,
  on_order_change   double precision NOT NULL,
  allocated_change  double precision NOT NULL,
  note              text,
  actor             text             NOT NULL,
  -- When it happened, as its sender says, and when it was stored.
  occurred_at       timestamptz      NOT NULL DEFAULT now(),
  created_at        timestamptz      NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, reference),
  CHECK ((type = 'transfer') = (to_facility_id IS NOT NULL))
);
CREATE INDEX idx_inventory_transactions_newest ON inventory_transactions (tenant_id, transaction_id DESC);
CREATE INDEX idx_inventory_transactions_material ON inventory_transactions (material_id, transaction_id DESC);
-- Rows are only ever added.
REVOKE UPDATE, DELETE ON inventory_transactions FROM forecast_app;
SELECT isolate_tenants('inventory_transactions');
