-- Undoes V0.0.11__log_queries.sql. Deletes the log of queries.

DROP TABLE query_log;
