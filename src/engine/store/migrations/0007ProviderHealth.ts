/**
 * How providers are doing, as each process that calls them saw it last, so that others can show it. `health` is a
 * ResilienceHealth; times are milliseconds since the epoch.
 */
export const PROVIDER_HEALTH = `
CREATE TABLE provider_health (
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  started TEXT,
  written_at REAL NOT NULL,
  health TEXT NOT NULL,
  PRIMARY KEY (pid, host)
) STRICT, WITHOUT ROWID;
`;
