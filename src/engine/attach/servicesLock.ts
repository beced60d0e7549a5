import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BUSY, guard, sqliteCode } from '../store/file/storeErrors.ts';
import { entryOf, makeFolder, refuseLinks } from '../store/storeFile.ts';

/**
 * Held by the one services process of a workspace as long as it lives. SQLite's lock of a file that stays empty: the system gives it
 * back however a process ends, so that it never goes stale, and nobody has to take it from anybody.
 */
export class ServicesLock {
  readonly #file: string;
  readonly #inode: number | undefined;
  readonly #database: DatabaseSync;

  private constructor(file: string, database: DatabaseSync) {
    this.#file = file;
    this.#inode = entryOf(file)?.ino;
    this.#database = database;
  }

  /** Undefined where another process has it. Throws StoreError. */
  static take(file: string): ServicesLock | undefined {
    return guard(file, () => {
      refuseLinks(file);
      makeFolder(path.dirname(file));

      const database = new DatabaseSync(file);
      try {
        database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
      } catch (error) {
        database.close();
        if (sqliteCode(error) === BUSY) return undefined;
        throw error;
      }

      const lock = new ServicesLock(file, database);
      if (!lock.isRemoved) return lock;
      // The folder went away at this very moment.
      lock.release();
      return undefined;
    });
  }

  /** The folder was removed or replaced: another process may have the new one. */
  get isRemoved(): boolean {
    return this.#inode === undefined || entryOf(this.#file)?.ino !== this.#inode;
  }

  release(): void {
    this.#database.close();
  }
}
