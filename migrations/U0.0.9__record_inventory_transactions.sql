-- Undoes V0.0.9__record_inventory_transactions.sql. Deletes all transactions and what replenishment knows of items.

DROP TABLE inventory_transactions;
ALTER TABLE items
  DROP COLUMN unit_cost, DROP COLUMN ordering_cost, DROP COLUMN holding_cost_rate,
  DROP COLUMN lead_time_days, DROP COLUMN lead_time_std_days,
  DROP COLUMN minimum_order_quantity, DROP COLUMN pack_size, DROP COLUMN service_level, DROP COLUMN supplier;
