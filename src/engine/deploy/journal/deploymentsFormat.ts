import path from 'node:path';
import type { StoreFormat } from '../../store/file/storeFormat.ts';

/** The file of deployments inside a workspace. */
export function deploymentsPath(root: string): string {
  return path.join(root, '.touchstone', 'deployments.db');
}

const JOURNAL = `
CREATE TABLE entries (
  deployment TEXT NOT NULL,
  -- From 1: each time that a deployment of this name is begun.
  attempt INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('wish', 'transition', 'effect', 'note')),
  at_ms REAL NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (deployment, attempt, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  deployment TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  -- Tells a process from a later one of the same number; null where the system does not say.
  started TEXT,
  heartbeat_ms REAL NOT NULL,
  lease_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;
`;

export const DEPLOYMENTS: StoreFormat = {
  name: 'journal of deployments',
  /** "Tode" in ASCII. */
  applicationId: 0x546f6465,
  migrations: [JOURNAL],
};
