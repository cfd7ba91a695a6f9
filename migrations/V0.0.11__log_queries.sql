-- Kind: expand
-- Undo: U0.0.11__log_queries.sql
--
-- Which queries are asked for and how often: the cache is filled with the most
-- frequent ones before they are. A row stands for all requests of one query that
-- one process answered within a few seconds. What was asked for is there, who
-- asked is not.

CREATE TABLE query_log (
  query_log_id  bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id     text             NOT NULL REFERENCES tenants (tenant_id),
  query_hash    text             NOT NULL,
  -- The query's name and its parameters as JSON.
  query_pattern text             NOT NULL,
  requests      integer          NOT NULL CHECK (requests > 0),
  -- Milliseconds of an answer: the mean over the requests.
  duration_ms   double precision NOT NULL,
  created_at    timestamptz      NOT NULL DEFAULT now()
);
CREATE INDEX idx_query_log_newest ON query_log (tenant_id, created_at DESC);
SELECT isolate_tenants('query_log');
