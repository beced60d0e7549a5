import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';

/** The decompressed body exceeds its limit. */
export class BodyTooLarge extends Error {}

/** The body is not UTF-8. */
export class InvalidText extends Error {}

const BYTE_ORDER_MARK = 0xfeff;

/** The body as text. Rejects with BodyTooLarge, InvalidText, or an error with a `code` when it is cut or broken. */
export async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw new BodyTooLarge();
  const bytes = await readUpTo(unpacked(incoming), maxBytes);
  if (!isUtf8(bytes)) throw new InvalidText();
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

function unpacked(incoming: IncomingMessage): Readable {
  const encoding = incoming.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return incoming;
  const unpack = encoding === 'br' ? createBrotliDecompress() : createUnzip();
  // Whatever breaks either of them is an event of the second.
  return pipeline(incoming, unpack, () => {});
}

function readUpTo(stream: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(new BodyTooLarge());
      else chunks.push(chunk);
    });
    stream.on('error', reject);
    stream.once('end', () => {
      const [only] = chunks;
      resolve(only && chunks.length === 1 ? only : Buffer.concat(chunks));
    });
  });
}
