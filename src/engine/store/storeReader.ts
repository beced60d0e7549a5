import { hasLog } from './file/database.ts';
import { RunStore } from './runStore.ts';
import { entryOf } from './storeFile.ts';

/** Looks at a store that others may write, without writing or creating anything. */
export class StoreReader {
  readonly #file: string;
  #opened: { stamp: string; store: RunStore } | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** The store as it is now; undefined where there is none. Throws StoreError when it is not one. */
  get store(): RunStore | undefined {
    const stamp = this.#stamp();
    if (stamp === undefined) return undefined;
    // One that was opened before may still be read, so it is not closed; it goes when nobody reads it any more.
    // While another process creates it, its first content may stand in the log alone, which the stamp does not tell.
    if (this.#opened?.stamp !== stamp || this.#opened.store.isStandIn)
      this.#opened = { stamp, store: new RunStore(this.#file, { access: 'read' }) };
    return this.#opened.store;
  }

  /** SQLite sees what others write only where it was there to be shared when the file was opened. */
  #stamp(): string | undefined {
    const entry = entryOf(this.#file);
    return entry && `${entry.ino} ${entry.size} ${entry.mtimeMs} ${hasLog(this.#file)}`;
  }
}
