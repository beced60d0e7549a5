import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FileError } from '../../../../src/engine/errors.ts';
import { decodeUtf8 } from '../../../../src/engine/files/text/decode.ts';

function refusal(bytes: number[] | Buffer): FileError {
  try {
    decodeUtf8(Uint8Array.from(bytes), 'a.txt');
  } catch (error) {
    assert.ok(error instanceof FileError);
    return error;
  }
  assert.fail('accepted');
}

describe('decodeUtf8', () => {
  it('leaves out a byte order mark and nothing else', () => {
    assert.equal(decodeUtf8(Buffer.from('\ufeffa\ufeffb'), 'a.txt'), 'a\ufeffb');
  });

  it('keeps CRLF and a U+FFFD that the file spells out', () => {
    assert.equal(decodeUtf8(Buffer.from('a\r\n\ufffd'), 'a.txt'), 'a\r\n\ufffd');
  });

  it('names line, column and byte offset of invalid bytes', () => {
    const error = refusal(Buffer.concat([Buffer.from('ä\n\ufffdé'), Buffer.from([0xff])]));
    assert.match(error.message, /0xff at offset 8 /);
    assert.deepEqual(error.where, { path: 'a.txt', line: 2, column: 3 });
  });

  it('counts the byte order mark in the offset', () => {
    assert.match(refusal([0xef, 0xbb, 0xbf, 0x61, 0xc3, 0x28]).message, /offset 4 /);
  });

  const invalid: { [name: string]: number[] } = {
    'an overlong slash': [0xc0, 0xaf],
    'an encoded surrogate': [0xed, 0xa0, 0x80],
    'a cut sequence': [0x61, 0xe2, 0x82],
    'a stray continuation byte': [0x80],
    'beyond U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
  };
  for (const [name, bytes] of Object.entries(invalid)) {
    it(`refuses ${name}`, () => assert.match(refusal(bytes).message, /not valid UTF-8/));
  }

  it('names the place of a NUL character', () => {
    const error = refusal(Buffer.from('ab\nc\0d'));
    assert.match(error.message, /NUL character at byte 4/);
    assert.deepEqual(error.where, { path: 'a.txt', line: 2, column: 2 });
  });

  it('recognises UTF-16 and says what to do', () => {
    const error = refusal([0xff, 0xfe, 0x61, 0x00]);
    assert.match(error.message, /UTF-16 \(little endian\)/);
    assert.match(error.remedy ?? '', /UTF-8/);
    assert.match(refusal([0xfe, 0xff, 0x00, 0x61]).message, /big endian/);
  });

  it('knows a Git LFS pointer by its first line', () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
    const error = refusal(Buffer.from(pointer));
    assert.match(error.message, /Git LFS pointer/);
    assert.match(error.remedy ?? '', /git lfs pull/);
    assert.equal(decodeUtf8(Buffer.from(` ${pointer}`), 'a.txt'), ` ${pointer}`);
  });

  it('returns the text or refuses, and never puts in U+FFFD', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        let text: string;
        try {
          text = decodeUtf8(bytes, 'a.txt');
        } catch (error) {
          assert.ok(error instanceof FileError);
          return;
        }
        assert.ok(Buffer.from(bytes).toString('latin1').endsWith(Buffer.from(text).toString('latin1')));
      }),
    );
  });
});
