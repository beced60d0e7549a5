import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { FileError } from '../../../../src/engine/errors.ts';
import { type Line, readLineBatches } from '../../../../src/engine/files/formats/jsonLines.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const signal = new AbortController().signal;

describe('readLineBatches', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'a.jsonl');
  });

  async function read(content: string | Uint8Array, maxLineBytes = 1_000_000): Promise<Line[]> {
    writeFileSync(path, content);
    const lines: Line[] = [];
    const options = { signal, maxLineBytes, shownAs: 'a.jsonl' };
    for await (const batch of readLineBatches(path, options)) lines.push(...batch);
    return lines;
  }

  const refuses = (content: string | Uint8Array, line: number, pattern: RegExp, maxLineBytes?: number) =>
    assert.rejects(
      read(content, maxLineBytes),
      (error) =>
        error instanceof FileError &&
        pattern.test(error.message) &&
        error.where?.path === 'a.jsonl' &&
        'line' in error.where &&
        error.where.line === line,
    );

  it('gives text, line and byte offset, without blank lines', async () => {
    assert.deepEqual(await read('\ufeffä\r\n\n  \r\nb\nlast'), [
      { text: 'ä', line: 1, offset: 3 },
      { text: 'b', line: 4, offset: 12 },
      { text: 'last', line: 5, offset: 14 },
    ]);
  });

  it('gives nothing for an empty file', async () => assert.deepEqual(await read(''), []));

  it('splits across chunks, inside characters and line breaks', async () => {
    const texts = Array.from({ length: 300 }, (_, n) => `${n}${'€'.repeat(n * 17)}`);
    const lines = await read(texts.join('\r\n'));
    assert.deepEqual(
      lines.map((line) => line.text),
      texts,
    );
    const last = lines.at(-1);
    assert.equal(last?.offset, Buffer.byteLength(texts.slice(0, -1).join('\r\n')) + 2);
  });

  it('reads a line longer than a chunk', async () => {
    const long = 'x'.repeat(900_000);
    assert.deepEqual(
      (await read(`a\n${long}\nb`)).map((line) => line.text.length),
      [1, 900_000, 1],
    );
  });

  it('names a line that is too long, in whichever place', async () => {
    await refuses(`a\nb\n${'x'.repeat(101)}\nc`, 3, /line 3 is longer than 100 bytes/, 100);
    await refuses(`a\n${'x'.repeat(700_000)}`, 2, /longer than 600000/, 600_000);
    await refuses('€'.repeat(40), 1, /longer/, 100);
  });

  it('gives up on an endless line before holding it all', async () => {
    let seen = 0;
    writeFileSync(path, 'x'.repeat(5_000_000));
    const options = {
      signal,
      maxLineBytes: 1000,
      observe: (bytes: Uint8Array) => {
        seen += bytes.length;
      },
    };
    await assert.rejects(async () => {
      for await (const _ of readLineBatches(path, options));
    }, FileError);
    assert.ok(seen < 1_000_000);
  });

  it('refuses invalid UTF-8, NUL and UTF-16 with line and offset', async () => {
    await refuses(Buffer.concat([Buffer.from('a\nb\nc'), Buffer.from([0xff, 0x0a])]), 3, /0xff at offset 5 /);
    await refuses('a\nb\0\n', 2, /NUL character at byte 3/);
    await refuses(Buffer.from('\ufeffab', 'utf16le'), 1, /UTF-16/);
  });

  it('refuses what Git LFS leaves in place of a file', async () => {
    await refuses('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n', 1, /Git LFS/);
  });

  it('shows all bytes to the observer', async () => {
    const content = '\ufeffa\r\n\n€';
    writeFileSync(path, content);
    const seen: Uint8Array[] = [];
    for await (const _ of readLineBatches(path, {
      signal,
      observe: (bytes) => seen.push(Buffer.from(bytes)),
    }));
    assert.equal(Buffer.concat(seen).toString(), content);
  });

  it('says that a file is missing, and stops when aborted', async () => {
    await assert.rejects(async () => {
      for await (const _ of readLineBatches(join(folder, 'no'), { signal }));
    }, FileError);
    const controller = new AbortController();
    writeFileSync(path, 'a\n'.repeat(1_000_000));
    await assert.rejects(async () => {
      for await (const _ of readLineBatches(path, { signal: controller.signal }))
        controller.abort(new Error('enough'));
    }, /enough/);
  });

  it('gives the same lines as splitting the whole text', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\n\r\0\ufeff]/g, ''));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.constantFrom('\n', '\r\n'), async (texts, eol) => {
        const expected = texts.filter((text) => text.trim() !== '');
        assert.deepEqual(
          (await read(texts.join(eol))).map(({ text }) => text),
          expected,
        );
      }),
      { numRuns: 50 },
    );
  });
});
