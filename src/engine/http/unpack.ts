import { Transform, type TransformCallback } from 'node:stream';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createInflateRaw,
  createUnzip,
  inflateRawSync,
  unzipSync,
} from 'node:zlib';

export type Packing = 'gzip' | 'deflate' | 'br';

const PACKINGS: ReadonlyMap<string, Packing> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
]);

/**
 * What was done to a body, the last first. Empty for one that is as it was, and where an encoding is not known: servers
 * write the character set there, or `none`, and whatever it is, browsers take such a body as it stands.
 */
export function packingsOf(contentEncoding: string | undefined): Packing[] {
  const names = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const packed = names.filter((name) => name !== '' && name !== 'identity');
  const packings = packed.flatMap((name) => PACKINGS.get(name) ?? []);
  return packings.length === packed.length ? packings.reverse() : [];
}

/** The start of a short body as text, at once; empty where it cannot be unpacked, or is longer than `maxBytes`. */
export function unpackedText(
  body: Buffer,
  contentEncoding: string | undefined,
  maxBytes = 64 * 1024,
): string {
  let bytes = body;
  try {
    for (const packing of packingsOf(contentEncoding)) bytes = unpackSync(bytes, packing, maxBytes);
  } catch {
    return '';
  }
  return bytes.subarray(0, maxBytes).toString();
}

function unpackSync(bytes: Buffer, packing: Packing, maxOutputLength: number): Buffer {
  if (packing === 'br') return brotliDecompressSync(bytes, { maxOutputLength });
  return isBare(packing, bytes[0] ?? 0)
    ? inflateRawSync(bytes, { maxOutputLength })
    : unzipSync(bytes, { maxOutputLength });
}

const USUAL_CHUNK = 16 * 1024;

/** Undoes one packing. A body that has no bytes was not packed. */
export class Unpack extends Transform {
  readonly #packing: Packing;
  readonly #chunkBytes: number;
  #inner: Transform | undefined;
  /** Who waits for the inner one to take a chunk, or to end. */
  #done: TransformCallback | undefined;
  /** The packed data has ended; bytes may still follow, and mean nothing. */
  #isWhole = false;

  /** Unpacks so many bytes in one go. */
  constructor(packing: Packing, chunkBytes = USUAL_CHUNK) {
    super();
    this.#packing = packing;
    this.#chunkBytes = chunkBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#inner ??= this.#begin(chunk[0] ?? 0);
    this.#done = done;
    if (this.#isWhole) this.#proceed();
    else this.#inner.write(chunk, this.#proceed);
  }

  override _read(size: number): void {
    this.#inner?.resume();
    super._read(size);
  }

  override _flush(done: TransformCallback): void {
    this.#done = done;
    if (!this.#inner || this.#isWhole) this.#proceed();
    else this.#inner.end();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner?.destroy();
    done(error);
  }

  #begin(firstByte: number): Transform {
    const inner = unpacker(this.#packing, firstByte, this.#chunkBytes);
    inner.on('data', (chunk: Buffer) => {
      // What unpacks to a thousand times its size waits for its reader.
      if (!this.push(chunk)) inner.pause();
    });
    inner.on('error', (error) => this.destroy(error));
    inner.on('end', () => {
      this.#isWhole = true;
      this.#proceed();
    });
    return inner;
  }

  readonly #proceed = (error?: Error | null): void => {
    const done = this.#done;
    this.#done = undefined;
    done?.(error);
  };
}

const GZIP = 0x1f;
const ZLIB = 0x08;

/** `deflate` means the form of zlib; some servers send it bare, and some send gzip. */
function unpacker(packing: Packing, firstByte: number, chunkSize: number): Transform {
  if (packing === 'br') return createBrotliDecompress({ chunkSize });
  return isBare(packing, firstByte) ? createInflateRaw({ chunkSize }) : createUnzip({ chunkSize });
}

function isBare(packing: Packing, firstByte: number): boolean {
  return packing === 'deflate' && firstByte !== GZIP && (firstByte & 0x0f) !== ZLIB;
}
