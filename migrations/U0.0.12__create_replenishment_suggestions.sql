-- Undoes V0.0.12__create_replenishment_suggestions.sql. Deletes all suggestions; what was ordered stays in inventory and transactions.

DROP VIEW material_forecasts;
DROP INDEX idx_forecasts_material;
DROP INDEX idx_material_forecasts_lookup;
DROP TABLE replenishment_suggestions;
DROP FUNCTION calculate_replenishment_urgency;
