-- Undoes V0.0.20__find_newest_demand.sql.
-- Lossless: yes

DROP INDEX idx_demand_history_newest;
