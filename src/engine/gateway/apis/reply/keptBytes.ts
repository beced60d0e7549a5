/** A copy of bytes as they pass, kept up to a limit: of more than that nothing is. */
export class KeptBytes {
  readonly #most: number;
  #chunks: Uint8Array[] | undefined = [];
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** All that have passed. */
  get size(): number {
    return this.#size;
  }

  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > this.#most) this.#chunks = undefined;
    else this.#chunks?.push(bytes);
  }

  /** Null where there were too many. */
  bytes(): Buffer | null {
    return this.#chunks ? Buffer.concat(this.#chunks) : null;
  }

  /** Gives up what is kept; what passed is counted still. */
  release(): void {
    this.#chunks = undefined;
  }
}
