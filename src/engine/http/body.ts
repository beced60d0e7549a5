import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { CUT_SHORT, HttpError } from './httpError.ts';
import { packingsOf, Unpack } from './unpack.ts';

/** The body of a request or a reply as it was before it was compressed. Throws HttpError for one that says it is longer than `maxBytes`. */
export function unpacked(incoming: IncomingMessage, maxBytes: number): Readable {
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);

  // Whatever breaks one of them is an event of the last.
  return packingsOf(incoming.headers['content-encoding']).reduce<Readable>(
    (stream, packing) => pipeline(stream, new Unpack(packing), () => {}),
    incoming,
  );
}

/** All bytes. Rejects with HttpError `too-large` beyond `maxBytes`, and with the system's error when it is cut or broken. */
export function readBytes(stream: Readable, maxBytes: number): Promise<Buffer> {
  return gather(stream, maxBytes, 'refuse');
}

/** The first `maxBytes` at most; the rest is not waited for. */
export function readStart(stream: Readable, maxBytes: number): Promise<Buffer> {
  return gather(stream, maxBytes, 'cut');
}

/** The chunks as they come. Throws as `readBytes` does. */
export async function* readChunks(stream: Readable, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  // Whoever has read enough may leave the connection to the next request.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

const BYTE_ORDER_MARK = 0xfeff;

/** Bytes as text, without a byte order mark. Throws HttpError `not-utf8`. */
export function toText(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new HttpError({ kind: 'not-utf8' });
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

/** Events instead of an iterator: half the work for each of many short bodies. */
function gather(stream: Readable, maxBytes: number, beyond: 'refuse' | 'cut'): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Nothing more would be heard of it.
    if (stream.destroyed) return reject(stream.errored ?? cutShort());

    const chunks: Buffer[] = [];
    let size = 0;

    const whole = () => {
      const [only] = chunks;
      return only && chunks.length === 1 ? only : Buffer.concat(chunks);
    };

    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else if (beyond === 'refuse') reject(tooLarge(maxBytes));
      else resolve(Buffer.concat([...chunks, chunk]).subarray(0, maxBytes));
    });

    stream.on('error', reject);
    stream.once('close', () => {
      // An error that nobody sees would cost a stack for each reply.
      if (!stream.readableEnded) reject(cutShort());
    });
    stream.once('end', () => resolve(whole()));
  });
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError({ kind: 'too-large', maxBytes }, `the body is larger than ${maxBytes} bytes`);
}

function cutShort(): HttpError {
  return new HttpError({ kind: 'network', code: 'ECONNRESET' }, CUT_SHORT);
}
