/** What came of each complete run, so that a list of runs need not read all their results. The body is JSON. */
export const VERDICTS = `
CREATE TABLE verdicts (
  -- Programs of an earlier version delete runs without knowing of this table.
  run INTEGER PRIMARY KEY REFERENCES runs (number) ON DELETE CASCADE,
  passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
  decided_at REAL NOT NULL,
  body TEXT NOT NULL
) STRICT;
`;
