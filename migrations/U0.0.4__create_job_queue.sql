-- Undoes V0.0.4__create_job_queue.sql. Deletes all queues, jobs and schedules.

DROP SCHEMA pgboss CASCADE;
