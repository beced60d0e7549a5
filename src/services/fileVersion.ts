import { statSync } from 'node:fs';
import type { Clock } from '../engine/ports.ts';

/** A file that is gone for so long is meant to be gone, in milliseconds: git and editors take one away before they put it back. */
const GONE_MS = 3_000;

/** Tells versions of a file apart without reading it. A file that is away for a moment stands as it was. */
export class FileVersion {
  readonly #file: string;
  readonly #clock: Clock;
  #last: string | null = null;
  /** It was not there since then, on the monotonic scale. */
  #goneSince: number | undefined;

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** The same for the same version; null where there is no file. */
  look(): string | null {
    const found = stampOf(this.#file);
    if (found !== null) {
      this.#goneSince = undefined;
      this.#last = found;
      return found;
    }

    const now = this.#clock.monotonic();
    this.#goneSince ??= now;
    if (now - this.#goneSince >= GONE_MS) this.#last = null;
    return this.#last;
  }
}

/** Of what a link leads to. */
function stampOf(file: string): string | null {
  try {
    const entry = statSync(file, { throwIfNoEntry: false });
    return entry ? `${entry.ino} ${entry.size} ${entry.mtimeMs}` : null;
  } catch (error) {
    // It is there, and reading it says why it cannot be read.
    return error instanceof Error ? error.message : String(error);
  }
}
