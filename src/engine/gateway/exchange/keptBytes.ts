/** The bytes of a reply, kept up to a limit: of a longer one none are. */
export class KeptBytes {
  static readonly most = 1024 * 1024;
  #chunks: Uint8Array[] | undefined = [];
  #size = 0;

  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > KeptBytes.most) this.#chunks = undefined;
    else this.#chunks?.push(bytes);
  }

  /** Null where there were too many. */
  bytes(): Buffer | null {
    return this.#chunks ? Buffer.concat(this.#chunks) : null;
  }
}
