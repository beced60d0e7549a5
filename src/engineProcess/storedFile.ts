import { storeStamp } from '../engine/store/file/storeStamp.ts';

/** A store that others write: opened to be read, and anew where another file is there now. */
export class StoredFile<S extends { readonly version: number; close(): void }> {
  readonly #file: string;
  readonly #open: (file: string) => S;
  #opened: { stamp: string; store: S } | undefined;

  constructor(file: string, open: (file: string) => S) {
    this.#file = file;
    this.#open = open;
  }

  /** Throws StoreError. */
  get store(): S {
    const stamp = storeStamp(this.#file);
    if (this.#opened?.stamp !== stamp) {
      this.#opened?.store.close();
      this.#opened = undefined;
      this.#opened = { stamp, store: this.#open(this.#file) };
    }
    return this.#opened.store;
  }

  /** Differs from before where something may have changed. */
  get version(): string {
    const { version } = this.store;
    return `${this.#opened?.stamp} ${version}`;
  }

  close(): void {
    this.#opened?.store.close();
    this.#opened = undefined;
  }
}
