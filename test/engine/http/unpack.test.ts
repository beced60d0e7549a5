import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, it } from 'mocha';
import { readBytes } from '../../../src/engine/http/body.ts';
import { HttpError } from '../../../src/engine/http/httpError.ts';
import { packingsOf, Unpack } from '../../../src/engine/http/unpack.ts';

const TEXT = Buffer.from('Answer ünï 🎉 '.repeat(50));

/** The bytes as they come out, put in piece by piece. */
function unpackedBytes(header: string, packed: Buffer, piece: number, maxBytes = 10_000): Promise<Buffer> {
  const source = new PassThrough();
  const last = packingsOf(header).reduce<PassThrough | Unpack>((stream, packing) => {
    const unpack = new Unpack(packing);
    stream.on('error', (error) => unpack.destroy(error));
    return stream.pipe(unpack);
  }, source);
  for (let at = 0; at < packed.length; at += piece) source.write(packed.subarray(at, at + piece));
  source.end();
  return readBytes(last, maxBytes);
}

const BODIES: { [what: string]: [header: string, packed: Buffer] } = {
  gzip: ['gzip', gzipSync(TEXT)],
  'gzip by its old name, in capital letters': [' X-GZIP ', gzipSync(TEXT)],
  deflate: ['deflate', deflateSync(TEXT)],
  'bare deflate': ['deflate', deflateRawSync(TEXT)],
  'gzip called deflate': ['deflate', gzipSync(TEXT)],
  br: ['br', brotliCompressSync(TEXT)],
  'two packings': ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
  'the same packing twice': ['gzip,gzip', gzipSync(gzipSync(TEXT))],
  'a packing and none': ['identity, gzip', gzipSync(TEXT)],
  'gzip in two members': [
    'gzip',
    Buffer.concat([gzipSync(TEXT.subarray(0, 99)), gzipSync(TEXT.subarray(99))]),
  ],
  'gzip with zeros behind it': ['gzip', Buffer.concat([gzipSync(TEXT), Buffer.alloc(9)])],
  'a character set': ['utf-8', TEXT],
  none: ['none', TEXT],
  nothing: ['', TEXT],
};

describe('unpacking a body', () => {
  for (const [what, [header, packed]] of Object.entries(BODIES))
    it(`of ${what}, in pieces of any size`, async () => {
      for (const piece of [1, 7, 100_000]) assert.deepEqual(await unpackedBytes(header, packed, piece), TEXT);
    });

  for (const header of ['gzip', 'deflate', 'br'])
    it(`without bytes, though it says ${header}`, async () => {
      assert.equal((await unpackedBytes(header, Buffer.alloc(0), 1)).length, 0);
    });

  it('rejects what is cut or was never packed', async () => {
    const packed = gzipSync(TEXT);
    await assert.rejects(unpackedBytes('gzip', packed.subarray(0, -8), 50));
    await assert.rejects(unpackedBytes('gzip', TEXT, 50));
    await assert.rejects(unpackedBytes('gzip, br', brotliCompressSync(TEXT), 50));
  });

  it('waits with what a small body becomes until it is read', async () => {
    const unpack = new Unpack('gzip');
    unpack.end(gzipSync(Buffer.alloc(50_000_000)));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    assert.ok(unpack.readableLength < 1_000_000);

    await assert.rejects(
      readBytes(unpack, 2_000_000),
      (error) => error instanceof HttpError && error.fault.kind === 'too-large',
    );
    unpack.destroy();
  });

  it('gives all of a large body', async () => {
    const large = Buffer.alloc(5_000_000, 'some text ');
    assert.ok((await unpackedBytes('gzip', gzipSync(large), 4096, 6_000_000)).equals(large));
    assert.ok((await unpackedBytes('deflate', deflateRawSync(large), 1_000_000, 6_000_000)).equals(large));
  });
});
