/** Replies of models that may be given again, and how much room they take; triggers keep the sums. */
export const REPLIES = `
CREATE TABLE replies (
  cache TEXT NOT NULL CHECK (cache IN ('exact', 'similar')),
  key TEXT NOT NULL,
  -- Only replies of one partition are compared with each other.
  partition TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  created_at REAL NOT NULL,
  used_at REAL NOT NULL,
  -- What was asked, and where it lies among embeddings (32-bit floats): in the semantic cache.
  question TEXT,
  vector BLOB,
  body TEXT NOT NULL,
  PRIMARY KEY (cache, key)
) STRICT;
CREATE INDEX replies_by_partition ON replies (cache, partition);
CREATE INDEX replies_by_use ON replies (cache, used_at, created_at);
CREATE INDEX replies_by_age ON replies (cache, created_at);

CREATE TABLE reply_sizes (
  cache TEXT PRIMARY KEY,
  entries INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO reply_sizes (cache) VALUES ('exact'), ('similar');
CREATE TRIGGER replies_added AFTER INSERT ON replies BEGIN
  UPDATE reply_sizes SET entries = entries + 1, bytes = bytes + new.bytes WHERE cache = new.cache;
END;
CREATE TRIGGER replies_removed AFTER DELETE ON replies BEGIN
  UPDATE reply_sizes SET entries = entries - 1, bytes = bytes - old.bytes WHERE cache = old.cache;
END;
`;
