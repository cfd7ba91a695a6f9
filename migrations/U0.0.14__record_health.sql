-- Undoes V0.0.14__record_health.sql. Deletes what the health job found last; its next run finds it again.

DROP TABLE health_report;
