/** Runs, their results, cases and traces, and decisions on token budgets. Bodies are JSON. Rows refer to runs by number: it is shorter than the id and stands in every row. */
export const RUNS = `
CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  suite TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'interrupted', 'complete')),
  plan TEXT NOT NULL,
  created_at REAL NOT NULL,
  finished_at REAL,
  elapsed_ms REAL NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  owner_pid INTEGER,
  owner_host TEXT,
  heartbeat REAL,
  trace_id TEXT NOT NULL,
  -- Why it was interrupted, where the program itself ended it.
  stop_reason TEXT
) STRICT;
CREATE INDEX runs_by_time ON runs (created_at);

-- Append-only: the first stored result of a key stands.
CREATE TABLE results (
  run INTEGER NOT NULL REFERENCES runs (number),
  target INTEGER NOT NULL,
  case_index INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('passed', 'failed', 'errored')),
  body TEXT NOT NULL,
  UNIQUE (run, target, case_index, trial)
) STRICT;

-- Outputs whose evaluation waits for the other targets of their case; gone as soon as the result is stored.
CREATE TABLE held_outputs (
  run INTEGER NOT NULL REFERENCES runs (number),
  target INTEGER NOT NULL,
  case_index INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (run, target, case_index, trial)
) STRICT;

-- What was asked and expected, so that a report needs no other file.
CREATE TABLE cases (
  run INTEGER NOT NULL REFERENCES runs (number),
  case_index INTEGER NOT NULL,
  case_id TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (run, case_index)
) STRICT;

CREATE TABLE spans (
  run INTEGER NOT NULL REFERENCES runs (number),
  trace_id TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX spans_by_trace ON spans (trace_id);

CREATE TABLE logs (
  run INTEGER NOT NULL REFERENCES runs (number),
  trace_id TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX logs_by_trace ON logs (trace_id);

-- What was decided on token budgets after each run; outlives the run.
CREATE TABLE token_budgets (
  run_id TEXT NOT NULL,
  suite TEXT NOT NULL,
  target TEXT NOT NULL,
  complexity TEXT NOT NULL CHECK (complexity IN ('simple', 'medium', 'complex')),
  decided_at REAL NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (run_id, target, complexity)
) STRICT;
CREATE INDEX token_budgets_by_suite ON token_budgets (suite, decided_at);
`;
