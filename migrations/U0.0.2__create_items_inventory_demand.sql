-- Undoes V0.0.2__create_items_inventory_demand.sql. Deletes all items, stock and demand.

DROP TABLE demand_history;
DROP TABLE inventory;
DROP TABLE items;
