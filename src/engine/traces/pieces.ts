import type { Readable } from 'node:stream';

/** Of one line, one message, or what is read as a whole. */
const MAX_PIECE_BYTES = 256 * 1024 * 1024;

/** A piece that is too long, or breaks off. */
export class BadPiece extends Error {
  constructor(message = 'a line, or the whole file, is longer than 256 MiB') {
    super(message);
  }
}

/** The bytes of a stream, as much as is wanted at a time. Each rejects with BadPiece. */
export class Pieces {
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Buffer>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#chunks = stream.iterator({ destroyOnReturn: false });
  }

  async peek(bytes: number): Promise<Buffer> {
    while (this.#buffer.length < bytes && (await this.#more()));
    return this.#buffer.subarray(0, bytes);
  }

  /** Up to and without a byte, or to the end; undefined behind that. */
  async until(byte: number): Promise<Buffer | undefined> {
    const before: Buffer[] = [];
    let last = this.#buffer;
    let size = last.length;
    for (;;) {
      const at = last.indexOf(byte);
      if (at >= 0) {
        this.#buffer = last.subarray(at + 1);
        const end = last.subarray(0, at);
        // Most pieces lie within one chunk, which holds thousands of them and is not copied for each.
        return before.length === 0 ? end : Buffer.concat([...before, end]);
      }
      before.push(last);
      const { done, value } = await this.#chunks.next();
      if (done) break;
      size += value.length;
      if (size > MAX_PIECE_BYTES) throw new BadPiece();
      last = value;
    }
    this.#buffer = Buffer.alloc(0);
    return size === 0 ? undefined : Buffer.concat(before);
  }

  /** What a length of four bytes, the highest first, says that follows it. */
  async behindLength(): Promise<Buffer | undefined> {
    const head = await this.peek(4);
    if (head.length === 0) return undefined;
    if (head.length < 4) throw new BadPiece('the file breaks off');
    const length = head.readUInt32BE();
    if (length > MAX_PIECE_BYTES) throw new BadPiece('the file contains no traces');
    const whole = await this.peek(4 + length);
    if (whole.length < 4 + length) throw new BadPiece('the file breaks off, or contains no traces');
    this.#buffer = this.#buffer.subarray(4 + length);
    return whole.subarray(4);
  }

  async rest(): Promise<Buffer> {
    const chunks = [this.#buffer];
    let size = this.#buffer.length;
    this.#buffer = Buffer.alloc(0);
    for (let next = await this.#chunks.next(); !next.done; next = await this.#chunks.next()) {
      size += next.value.length;
      if (size > MAX_PIECE_BYTES) throw new BadPiece();
      chunks.push(next.value);
    }
    return Buffer.concat(chunks);
  }

  /** What is left, as it comes; closes the stream in the end. */
  async *chunks(): AsyncGenerator<Buffer> {
    try {
      if (this.#buffer.length > 0) yield this.#buffer;
      for (let next = await this.#chunks.next(); !next.done; next = await this.#chunks.next())
        yield next.value;
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#stream.destroy();
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done) return false;
    this.#buffer = Buffer.concat([this.#buffer, value]);
    return true;
  }
}
