/** What monitors say of live spans, what is still to be judged, what they have counted, and how far they have read. */
export const EVALUATIONS = `
CREATE TABLE evaluations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  trace_id TEXT NOT NULL,
  span_id TEXT NOT NULL,
  monitor TEXT NOT NULL,
  evaluator TEXT NOT NULL,
  type TEXT NOT NULL,
  stage TEXT NOT NULL,
  -- 0 to 1; null where nothing could be measured, as is passed.
  score REAL,
  passed INTEGER,
  reason TEXT NOT NULL,
  cost_usd REAL,
  latency_ms REAL NOT NULL,
  at_ms REAL NOT NULL,
  span_end_ms REAL NOT NULL,
  -- Service, model and release of the span, as JSON.
  labels TEXT NOT NULL,
  UNIQUE (trace_id, span_id, monitor, evaluator)
) STRICT;

CREATE TABLE pending_evaluations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  trace_id TEXT NOT NULL,
  span_id TEXT NOT NULL,
  monitor TEXT NOT NULL,
  evaluator TEXT NOT NULL,
  -- When a judge was asked; null before that.
  asked_ms REAL,
  UNIQUE (trace_id, span_id, monitor, evaluator)
) STRICT;

CREATE TABLE monitor_counts (
  monitor TEXT NOT NULL,
  -- Such as 'matched', 'passed', 'dropped budget'.
  name TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (monitor, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE span_cursors (
  reader TEXT PRIMARY KEY,
  -- Of the last span that was read.
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
