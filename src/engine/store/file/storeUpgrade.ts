import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type StoreFormat, versionOf } from './storeFormat.ts';

/** A store of an earlier version was brought up to this one. */
export interface Upgrade {
  /** The store, for messages. */
  name: string;
  from: number;
  to: number;
  /** The file that keeps the store as it was. */
  copy: string;
}

/** Within a transaction of the caller's: afterwards all steps are made or none. */
export function migrate(database: DatabaseSync, format: StoreFormat, from: number): void {
  for (const step of format.migrations.slice(from)) database.exec(step);
  database.exec(
    `PRAGMA user_version = ${versionOf(format)}; PRAGMA application_id = ${format.applicationId};`,
  );
}

/** What a person is told of it, once. */
export function upgradeText({ name, from, to, copy }: Upgrade): string {
  const folder = path.basename(path.dirname(copy));
  return `the ${name} was upgraded from format ${from} to ${to}; the old one is kept as ${folder}/${path.basename(copy)}`;
}
