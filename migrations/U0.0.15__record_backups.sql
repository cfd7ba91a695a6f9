-- Undoes V0.0.15__record_backups.sql. Forgets when backups were made and verified; the backups themselves stay.

DROP TABLE backups;
