-- Undoes V0.0.18__record_flag_changes.sql. Deletes the history of the feature
-- flags; what the flags are set to stays in their ConfigMaps.

DROP TABLE flag_changes;
