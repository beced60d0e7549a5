import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, SCHEMA_VERSION } from '../migrations/migrations.ts';
import { APPLICATION_ID } from './storeMarks.ts';

/** A store of an earlier version was brought up to this one. */
export interface Upgrade {
  from: number;
  to: number;
  /** The file that keeps the store as it was. */
  copy: string;
}

/** Within a transaction of the caller's: afterwards all steps are made or none. */
export function migrate(database: DatabaseSync, from: number): void {
  for (const step of MIGRATIONS.slice(from)) database.exec(step);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; PRAGMA application_id = ${APPLICATION_ID};`);
}

/** What a person is told of it, once. */
export function upgradeText({ from, to, copy }: Upgrade): string {
  const folder = path.basename(path.dirname(copy));
  return `the store was upgraded from format ${from} to ${to}; the old one is kept as ${folder}/${path.basename(copy)}`;
}
