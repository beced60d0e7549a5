/** Owners are told apart for good, and the workspace's files are kept. */
export const OWNERS_AND_FILES = `
-- Tells the owner from a later process of the same number.
ALTER TABLE runs ADD COLUMN owner_started TEXT;
-- When its owner last wrote; stays when the run is released.
ALTER TABLE runs ADD COLUMN seen_at REAL;

-- What the workspace's files were when a run began, for runs whose programs may read any of them.
CREATE TABLE file_lists (
  fingerprint TEXT PRIMARY KEY,
  listed_at REAL NOT NULL,
  body BLOB NOT NULL
) STRICT;
`;
