-- Undoes V0.0.10__record_watchdog_interventions.sql. Deletes what is known of the watchdog's interventions.

DROP TABLE watchdog_interventions;
