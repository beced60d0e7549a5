import path from 'node:path';
import { LEVELS, type Level } from '../../model/levelRetention.ts';
import type { StoreFormat } from '../../store/file/storeFormat.ts';

/** The file of live quality inside a workspace. */
export function metricStorePath(root: string): string {
  return path.join(root, '.touchstone', 'metrics.db');
}

/**
 * Aggregates of all levels, and how far each log was read for them: both are written in one transaction. By time before by series, since
 * what comes now goes into few pages that way.
 */
const METRICS = `
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  -- The labels as JSON, in the order of the columns.
  key TEXT NOT NULL UNIQUE,
  service TEXT,
  model TEXT,
  operation TEXT,
  release TEXT,
  suite TEXT,
  evaluator TEXT
) STRICT;

CREATE TABLE buckets (
  -- 0 for a second, 1 for a minute, 2 for an hour, 3 for a day.
  level INTEGER NOT NULL,
  measure INTEGER NOT NULL,
  -- Since the epoch.
  start_s INTEGER NOT NULL,
  series INTEGER NOT NULL,
  count INTEGER NOT NULL,
  -- Whole multiples of the measure's smallest part, as the least and the greatest are.
  sum INTEGER NOT NULL,
  min INTEGER NOT NULL,
  max INTEGER NOT NULL,
  sketch BLOB NOT NULL,
  PRIMARY KEY (level, measure, start_s, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (
  name TEXT PRIMARY KEY,
  -- Of the last entry that was read.
  seq INTEGER NOT NULL,
  -- What that entry was, so that another log in the same place is recognised.
  mark TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What could not be measured, by the UTC day of its arrival.
CREATE TABLE refused (
  start_s INTEGER NOT NULL,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (start_s, reason)
) STRICT, WITHOUT ROWID;
`;

/** "Tome" in ASCII. */
export const METRIC_STORE: StoreFormat = {
  name: 'metric store',
  applicationId: 0x546f6d65,
  migrations: [METRICS],
  shrinks: true,
};

/** As it is stored. */
export function levelId(level: Level): number {
  return LEVELS.indexOf(level);
}
