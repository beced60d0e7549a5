import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FileError } from '../../errors.ts';
import { MAX_LINE_BYTES } from '../limits.ts';
import { notAFile, openError } from '../readText.ts';
import { decodeBlock, refuseForeignStart, stripBom } from '../text/decode.ts';

/** One line that is not blank, without its line break. */
export interface Line {
  text: string;
  /** From 1. */
  line: number;
  /** Of the line's first byte in the file, from 0. */
  offset: number;
}

interface ReadLinesOptions {
  signal: AbortSignal;
  /** Longest line in bytes; a longer one is an error. */
  maxLineBytes?: number;
  /** Path for messages, e.g. relative to the workspace. */
  shownAs?: string;
  /** Sees all bytes of the file in order, e.g. to hash them; must not keep them, the buffer is used again. */
  observe?: (bytes: Uint8Array) => void;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Streams the lines of a file in batches, strictly UTF-8, with LF or CRLF. Memory is bounded by a chunk and
 * the longest line. Throws FileError as `readText` does, and for a line that is too long.
 */
export async function* readLineBatches(
  path: string,
  options: ReadLinesOptions,
): AsyncGenerator<Line[], void> {
  const shownAs = options.shownAs ?? path;
  const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  options.signal.throwIfAborted();
  const file = await openOrdinaryFile(path, shownAs);
  const splitter = new Splitter(shownAs);
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;

  try {
    for await (const chunk of chunksOf(file, options.signal)) {
      options.observe?.(chunk);
      const end = chunk.lastIndexOf(0x0a) + 1;
      if (end > 0) {
        const block =
          pending.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...pending, chunk.subarray(0, end)]);
        pending = [];
        pendingBytes = 0;
        yield splitter.split(block, maxLineBytes);
      }

      // A copy, because the chunk's buffer is used again.
      if (end < chunk.length) pending.push(Buffer.from(chunk.subarray(end)));
      pendingBytes += chunk.length - end;
      if (pendingBytes > maxLineBytes) throw splitter.tooLong(maxLineBytes);
    }

    if (pending.length > 0) yield splitter.split(Buffer.concat(pending), maxLineBytes);
  } finally {
    await file.close();
  }
}

async function openOrdinaryFile(path: string, shownAs: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw openError(error, shownAs);
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw notAFile(shownAs);
}

async function* chunksOf(file: FileHandle, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  while (true) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Cuts blocks that end with a line break (or the file) into lines and keeps count of where it is. */
class Splitter {
  readonly #path: string;
  #line = 1;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  split(block: Uint8Array, maxLineBytes: number): Line[] {
    let bytes = block;
    if (this.#offset === 0) {
      refuseForeignStart(block, this.#path);
      bytes = stripBom(block);
      this.#offset = block.length - bytes.length;
    }

    const text = decodeBlock(bytes, { path: this.#path, line: this.#line, offset: this.#offset });
    const isAscii = text.length === bytes.length;
    const lines: Line[] = [];

    for (let start = 0; start < text.length; ) {
      const end = text.indexOf('\n', start);
      const stop = end < 0 ? text.length : end;
      const raw = text.slice(start, stop);
      const size = isAscii ? raw.length : Buffer.byteLength(raw);
      if (size > maxLineBytes) throw this.tooLong(maxLineBytes);
      const content = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (!isBlank(content)) lines.push({ text: content, line: this.#line, offset: this.#offset });
      this.#line++;
      this.#offset += size + 1;
      start = stop + 1;
    }

    return lines;
  }

  tooLong(maxLineBytes: number): FileError {
    return new FileError(`line ${this.#line} is longer than ${maxLineBytes} bytes`, {
      where: { path: this.#path, line: this.#line, column: 1 },
      remedy: 'Write one record per line, and move large content into separate files.',
    });
  }
}

function isBlank(text: string): boolean {
  const first = text.charCodeAt(0);
  // A record starts with a brace; only other starts need a closer look.
  return text === '' || ((first <= 0x20 || first >= 0x80) && text.trim() === '');
}
