/** Version of the tables below; stored in SQLite's user_version. A newer file is refused, never changed. */
export const SCHEMA_VERSION = 1;

export const TABLES = `
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
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
  trace_id TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_time ON runs (created_at);

-- Append-only: the first stored result of a key stands.
CREATE TABLE results (
  run_id TEXT NOT NULL REFERENCES runs (id),
  target INTEGER NOT NULL,
  case_index INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  case_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('passed', 'failed', 'errored')),
  body TEXT NOT NULL,
  PRIMARY KEY (run_id, target, case_index, trial)
) STRICT, WITHOUT ROWID;

-- What was asked and expected, so that a report needs no other file.
CREATE TABLE cases (
  run_id TEXT NOT NULL REFERENCES runs (id),
  case_index INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (run_id, case_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE spans (
  run_id TEXT NOT NULL REFERENCES runs (id),
  trace_id TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX spans_by_trace ON spans (trace_id);

CREATE TABLE logs (
  run_id TEXT NOT NULL REFERENCES runs (id),
  trace_id TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX logs_by_trace ON logs (trace_id);
`;
