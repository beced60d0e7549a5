import zlib from 'node:zlib';

/** Bytes after decompression. */
const MOST_UNPACKED = 32 * 1024 * 1024;

/**
 * `broken`: no client can unpack it. `unread`: it unpacks to too much, or in a way that is not known here. What has come of
 * a body that breaks off is plain.
 */
export type UnpackedCopy = { kind: 'plain'; bytes: Buffer } | { kind: 'broken' } | { kind: 'unread' };

/** The bytes of a reply as they were before they were packed. Never throws. */
export function unpackCopy(packed: Buffer, contentEncoding: string | undefined): UnpackedCopy {
  let bytes = packed;
  for (const name of namesOf(contentEncoding)) {
    if (bytes.length === 0) break;
    const unpack = PACKINGS.get(name);
    // Servers write the character set there, or `none`.
    if (unpack === undefined) return looksPlain(bytes) ? { kind: 'plain', bytes } : { kind: 'unread' };
    try {
      bytes = unpack(bytes);
    } catch (error) {
      return { kind: isBroken(error) ? 'broken' : 'unread' };
    }
  }
  return { kind: 'plain', bytes };
}

/** What was done to a body, the last first. */
function namesOf(contentEncoding: string | undefined): string[] {
  const names = (contentEncoding ?? '').toLowerCase().split(',');
  return names
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
    .reverse();
}

const LIMIT = { maxOutputLength: MOST_UNPACKED };
const ZLIB = { ...LIMIT, finishFlush: zlib.constants.Z_SYNC_FLUSH };

const PACKINGS: ReadonlyMap<string, (bytes: Buffer) => Buffer> = new Map([
  ['gzip', (bytes) => zlib.unzipSync(bytes, ZLIB)],
  ['x-gzip', (bytes) => zlib.unzipSync(bytes, ZLIB)],
  ['deflate', inflate],
  [
    'br',
    (bytes) =>
      zlib.brotliDecompressSync(bytes, { ...LIMIT, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
  ],
  // Not in every Node that runs the command.
  ['zstd', (bytes) => zlib.zstdDecompressSync(bytes, { ...LIMIT, finishFlush: zlib.constants.ZSTD_e_flush })],
]);

const GZIP_MARK = 0x1f;
const ZLIB_MARK = 0x08;

/** Some servers send it bare. */
function inflate(bytes: Buffer): Buffer {
  const [first = 0] = bytes;
  const isBare = first !== GZIP_MARK && (first & 0x0f) !== ZLIB_MARK;
  return isBare ? zlib.inflateRawSync(bytes, ZLIB) : zlib.unzipSync(bytes, ZLIB);
}

/** By the codes of zlib, zstd and Brotli; not where there would be too much. */
function isBroken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && BROKEN.test(String(error.code));
}

const BROKEN = /^(?:Z_|ZSTD_|ERR_(?!BUFFER_TOO_LARGE))/;

/** JSON, or events. */
function looksPlain(bytes: Buffer): boolean {
  return /^\s*[[{:\w]/.test(bytes.toString('latin1', 0, 64));
}
