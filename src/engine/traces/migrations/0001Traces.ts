/**
 * Received spans and log lines, and what the list of traces shows of each trace. A trace is `stale` from its next span or line on
 * until it is summed up again. Bodies are JSON, and lie in the order in which they came (no WITHOUT ROWID): trace ids are random,
 * so a page of bodies would be rewritten for each trace otherwise, at three times the cost.
 */
export const TRACES = `
CREATE TABLE spans (
  trace_id TEXT NOT NULL,
  span_id TEXT NOT NULL,
  start_ms REAL NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (trace_id, span_id)
) STRICT;

CREATE TABLE log_lines (
  trace_id TEXT NOT NULL,
  -- Of the whole line: it has no id of its own, and comes again where its sender tries again.
  digest TEXT NOT NULL,
  time_ms REAL NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (trace_id, digest)
) STRICT;

CREATE TABLE stale (trace_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE traces (
  trace_id TEXT PRIMARY KEY,
  -- Grows with every summary that is written, whichever trace it is of: whoever looks on asks for what is later.
  changed INTEGER NOT NULL,
  start_ms REAL NOT NULL,
  end_ms REAL NOT NULL,
  errors INTEGER NOT NULL,
  service TEXT NOT NULL,
  session TEXT,
  release TEXT,
  -- The first that answered; all of them are in the summary.
  model TEXT,
  -- Input and output together.
  tokens INTEGER,
  cost_usd REAL,
  -- The lowest of its evaluations, 0 to 1.
  score REAL,
  -- What the list shows, and what it is searched by.
  summary TEXT NOT NULL,
  words TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX traces_by_start ON traces (start_ms DESC, trace_id);
CREATE INDEX traces_by_session ON traces (session, start_ms) WHERE session IS NOT NULL;
CREATE INDEX traces_by_change ON traces (changed);
-- All that lists of groups are made of, so that they need not read the summaries.
CREATE INDEX traces_by_group ON traces (session, service, model, release, start_ms, end_ms, errors, tokens, cost_usd, score);
`;
