/**
 * What the pools of calls used in each minute (counted from the epoch) of the last hour, and what calls under way may use.
 * Amounts are tokens and US dollars, null where the price is unknown; times are milliseconds since the epoch.
 */
export const POOL_BUDGETS = `
CREATE TABLE pool_minutes (
  pool TEXT NOT NULL,
  minute INTEGER NOT NULL,
  tokens REAL NOT NULL,
  usd REAL NOT NULL,
  PRIMARY KEY (pool, minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE pool_reservations (
  id INTEGER PRIMARY KEY,
  pool TEXT NOT NULL,
  tokens REAL NOT NULL,
  usd REAL,
  -- The call cannot go on for longer.
  expires_at REAL NOT NULL,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  started TEXT
) STRICT;
`;
