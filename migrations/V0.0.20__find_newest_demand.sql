-- Kind: expand
-- Undo: U0.0.20__find_newest_demand.sql
--
-- Nearly every answer begins with the newest day that demand is known of: the
-- end of this index, instead of one look for each item and facility.
CREATE INDEX idx_demand_history_newest ON demand_history (tenant_id, demand_date);
