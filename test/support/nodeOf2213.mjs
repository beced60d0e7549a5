// Loaded with --import, makes a newer Node behave as 22.13 does where the two differ for this program: the oldest that
// package.json allows is rarely at hand.
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const sqlite = createRequire(import.meta.url)('node:sqlite');
const { DatabaseSync } = sqlite;

/** No addresses, no `timeout`; neither `isOpen` nor `isTransaction`. */
sqlite.DatabaseSync = class {
  #database;

  constructor(path, { timeout, ...options } = {}) {
    if (typeof path !== 'string') throw new TypeError('The "path" argument must be a string.');
    this.#database = new DatabaseSync(path, options);
  }

  exec(sql) {
    this.#database.exec(sql);
  }

  prepare(sql) {
    return this.#database.prepare(sql);
  }

  close() {
    this.#database.close();
  }
};

/** Below a file, `throwIfNoEntry: false` does not help. */
for (const name of ['statSync', 'lstatSync']) {
  const stat = fs[name];
  fs[name] = (path, options) => {
    const found = stat(path, options);
    if (found === undefined) throwNotFolder(() => stat(path));
    return found;
  };
}
syncBuiltinESMExports();

function throwNotFolder(stat) {
  try {
    stat();
  } catch (error) {
    if (error.code === 'ENOTDIR') throw error;
  }
}
