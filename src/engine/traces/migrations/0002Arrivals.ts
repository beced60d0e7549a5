/**
 * When what is stored arrived, in milliseconds since the epoch, and in which order: `seq` grows with each record and is never
 * used twice, so that whoever reads on behind the last that was read misses nothing and sees nothing twice. What was stored
 * before counts as having arrived when it began.
 */
export const ARRIVALS = `
ALTER TABLE spans RENAME TO old_spans;
CREATE TABLE spans (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  arrived_ms REAL NOT NULL,
  trace_id TEXT NOT NULL,
  span_id TEXT NOT NULL,
  start_ms REAL NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (trace_id, span_id)
) STRICT;
INSERT INTO spans (seq, arrived_ms, trace_id, span_id, start_ms, body)
  SELECT rowid, min(start_ms, strftime('%s', 'now') * 1000.0), trace_id, span_id, start_ms, body FROM old_spans ORDER BY rowid;
DROP TABLE old_spans;

ALTER TABLE log_lines RENAME TO old_lines;
CREATE TABLE log_lines (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  arrived_ms REAL NOT NULL,
  trace_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  time_ms REAL NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (trace_id, digest)
) STRICT;
INSERT INTO log_lines (seq, arrived_ms, trace_id, digest, time_ms, body)
  SELECT rowid, min(time_ms, strftime('%s', 'now') * 1000.0), trace_id, digest, time_ms, body FROM old_lines ORDER BY rowid;
DROP TABLE old_lines;

-- Of a trace: when its latest record arrived.
ALTER TABLE traces ADD COLUMN arrived_ms REAL NOT NULL DEFAULT 0;
UPDATE traces SET arrived_ms = min(start_ms, strftime('%s', 'now') * 1000.0);
CREATE INDEX traces_by_arrival ON traces (arrived_ms);

-- What is not in the list although it was looked at: log lines without spans, and what could not be summed up.
CREATE TABLE aside (trace_id TEXT PRIMARY KEY, arrived_ms REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX aside_by_arrival ON aside (arrived_ms);
INSERT INTO aside
  SELECT trace_id, max(arrived_ms) FROM log_lines
  WHERE trace_id NOT IN (SELECT trace_id FROM traces) AND trace_id NOT IN (SELECT trace_id FROM stale) GROUP BY trace_id;

-- \`change\` is the last change of a trace, \`forgotten\` how many traces were; neither ever goes back.
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counters VALUES ('change', (SELECT coalesce(max(changed), 0) FROM traces)), ('forgotten', 0);
`;
