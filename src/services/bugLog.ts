import { appendFileSync, closeSync, constants, fstatSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { refuseLinks } from '../engine/store/storeFile.ts';

/** Beyond which what was written before is dropped, in bytes. */
const MAX_BYTES = 256 * 1024;

/** Where bugs of a process without a terminal are read: a file beside what it stores. */
export class BugLog {
  readonly #file: string;

  constructor(root: string) {
    this.#file = path.join(root, '.touchstone', 'services.log');
  }

  write(error: unknown, now: Date): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    try {
      refuseLinks(this.#file);
      this.#append(`${now.toISOString()} ${text}\n`);
    } catch {
      // There is nobody left to tell.
    }
  }

  #append(text: string): void {
    const { O_APPEND, O_CREAT, O_WRONLY } = constants;
    const opened = openSync(this.#file, O_APPEND | O_CREAT | O_WRONLY, 0o600);
    const { size } = fstatSync(opened);
    try {
      if (size <= MAX_BYTES) appendFileSync(opened, text);
    } finally {
      closeSync(opened);
    }
    if (size <= MAX_BYTES) return;
    rmSync(this.#file);
    this.#append(text);
  }
}
