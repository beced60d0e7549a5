import path from 'node:path';
import type { StoreFormat } from '../../store/file/storeFormat.ts';

/** The file of alerts inside a workspace. */
export function alertStorePath(root: string): string {
  return path.join(root, '.touchstone', 'alerts.db');
}

/** States, and what is still to be sent: both change in one transaction, so that a crash neither loses nor doubles a transition. */
const ALERTS = `
CREATE TABLE alerts (
  rule TEXT NOT NULL,
  -- As JSON: null, or a value of the dimension that the rule is grouped by.
  label TEXT NOT NULL,
  -- Of what the rule is about; another one begins anew.
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (rule, label)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  notice TEXT NOT NULL
) STRICT;

CREATE INDEX outbox_by_channel ON outbox (channel, id);

-- What was told, for editors: each window shows what it has not shown yet.
CREATE TABLE transitions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms REAL NOT NULL,
  -- Whether editors show it as a notification.
  editor INTEGER NOT NULL,
  notice TEXT NOT NULL
) STRICT;

CREATE TABLE mutes (
  rule TEXT PRIMARY KEY,
  until_ms REAL NOT NULL,
  reason TEXT NOT NULL,
  at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
  name TEXT PRIMARY KEY,
  -- Why the last notice could not be sent; null where it was.
  problem TEXT,
  at_ms REAL NOT NULL,
  sent INTEGER NOT NULL,
  -- Given up: refused by the other side for what they are, or pushed out by newer ones.
  dropped INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- 'evaluations': how far single scores were read. 'looked': when alerts were looked at last, in milliseconds since the epoch.
CREATE TABLE positions (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT, WITHOUT ROWID;
`;

/** One group of an alert can be muted by itself. */
const GROUP_MUTES = `
CREATE TABLE group_mutes (
  rule TEXT NOT NULL,
  -- As in alerts.
  label TEXT NOT NULL,
  until_ms REAL NOT NULL,
  reason TEXT NOT NULL,
  at_ms REAL NOT NULL,
  PRIMARY KEY (rule, label)
) STRICT, WITHOUT ROWID;
`;

/** "Toal" in ASCII. */
export const ALERT_STORE: StoreFormat = {
  name: 'alert store',
  applicationId: 0x546f616c,
  migrations: [ALERTS, GROUP_MUTES],
};
