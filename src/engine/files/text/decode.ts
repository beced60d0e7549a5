import { isUtf8 } from 'node:buffer';
import { FileError } from '../../errors.ts';
import type { SourceLocation } from '../../model/location.ts';

/**
 * Decodes a whole file as UTF-8. A byte order mark is left out. Nothing is ever replaced by U+FFFD:
 * throws FileError with the place for invalid bytes, NUL characters and UTF-16 files.
 */
export function decodeUtf8(bytes: Uint8Array, path: string): string {
  refuseForeignStart(bytes, path);
  return decodeBlock(stripBom(bytes), { path, line: 1, offset: bytes.length - stripBom(bytes).length });
}

/** Where a block of bytes starts in its file: line from 1, offset in bytes from 0. */
interface BlockStart {
  path: string;
  line: number;
  offset: number;
}

/** Decodes a block that starts at the beginning of a line, under the same rules as a whole file. */
export function decodeBlock(bytes: Uint8Array, start: BlockStart): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(buffer)) throw invalidUtf8(buffer, start);
  const text = buffer.toString('utf8');
  const nul = buffer.indexOf(0);
  if (nul < 0) return text;
  const where = placeOf(buffer.subarray(0, nul).toString('utf8'), start);
  throw new FileError(`the file contains a NUL character at byte ${start.offset + nul}`, {
    where,
    remedy: 'Remove it: text files cannot contain NUL characters.',
  });
}

/** Throws FileError for UTF-16 files and for Git LFS pointers. */
export function refuseForeignStart(bytes: Uint8Array, path: string): void {
  refuseUtf16(bytes, path);
  if (!LFS_POINTER.every((byte, index) => bytes[index] === byte)) return;
  throw new FileError('this is a Git LFS pointer; the file itself was not downloaded', {
    where: { path, line: 1, column: 1 },
    remedy: 'Fetch it with: git lfs pull',
  });
}

/** The first line of a pointer, by the specification of Git LFS. */
const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/v1');

function refuseUtf16(bytes: Uint8Array, path: string): void {
  const little = bytes[0] === 0xff && bytes[1] === 0xfe;
  const big = bytes[0] === 0xfe && bytes[1] === 0xff;
  if (!little && !big) return;
  throw new FileError(`the file is UTF-16 (${little ? 'little' : 'big'} endian), not UTF-8`, {
    where: { path, line: 1, column: 1 },
    remedy: 'Save the file as UTF-8.',
  });
}

/** The bytes without a UTF-8 byte order mark. */
export function stripBom(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function invalidUtf8(buffer: Buffer, start: BlockStart): FileError {
  const { offset, before } = firstInvalid(buffer);
  const byte = (buffer[offset] ?? 0).toString(16).padStart(2, '0');
  return new FileError(`byte 0x${byte} at offset ${start.offset + offset} is not valid UTF-8`, {
    where: placeOf(before, start),
    remedy: 'Save the file as UTF-8.',
  });
}

/**
 * A lenient decoder puts U+FFFD where bytes are invalid. The first U+FFFD that the bytes do not spell out
 * themselves (EF BF BD) marks the place, because everything before it has kept its length.
 */
function firstInvalid(buffer: Buffer): { offset: number; before: string } {
  const text = buffer.toString('utf8');
  let from = 0;
  let offset = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    const genuine = buffer[offset] === 0xef && buffer[offset + 1] === 0xbf && buffer[offset + 2] === 0xbd;
    if (!genuine) return { offset, before: text.slice(0, at) };
    offset += 3;
    from = at + 1;
  }
  return { offset: 0, before: '' };
}

function placeOf(before: string, start: BlockStart): SourceLocation {
  const lastBreak = before.lastIndexOf('\n');
  let breaks = 0;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) breaks++;
  return { path: start.path, line: start.line + breaks, column: before.length - lastBreak };
}
