import assert from 'node:assert/strict';
import { readJson } from '../../../../src/engine/files/formats/readJson.ts';
import { parseReplyJson } from '../../../../src/engine/models/wire/replyJson.ts';
import { parseUntrustedJson } from '../../../../src/engine/targets/reply/untrustedJson.ts';

const readers = { readJson, parseReplyJson, parseUntrustedJson };

describe('JSON of unknown origin', () => {
  for (const [name, read] of Object.entries(readers)) {
    it(`keeps a key with an escape after an object with a similar one (${name})`, () => {
      for (let round = 0; round < 3; round += 1) {
        assert.deepEqual(Object.keys(Object(read(String.raw`{"a":1,"\\\\":2}`))), ['a', String.raw`\\`]);
        assert.deepEqual(Object.keys(Object(read(String.raw`{"a":1,"\\c":2}`))), ['a', String.raw`\c`]);
      }
    });

    it(`reads what JSON.parse reads, with keys with escapes and without (${name})`, () => {
      for (const text of [
        String.raw`{"\"":[1,-2.5e3,"\u0041\n",true,false,null,{}],"b":{"\\":[]}}`,
        String.raw`{"a":"\\","b":[{"c":""}]}`,
        '"x"',
        '0',
      ])
        assert.deepEqual(read(text), JSON.parse(text), text);
    });

    it(`throws a SyntaxError for what is not JSON (${name})`, () => {
      for (const text of ['', '{', String.raw`{"\\":1,}`, 'NaN'])
        assert.throws(() => read(text), SyntaxError, text);
    });
  }

  it('keeps large integers as digits beside a key with an escape', () => {
    const text = String.raw`{"\\":12345678901234567890}`;
    for (const read of [parseReplyJson, parseUntrustedJson])
      assert.deepEqual(read(text), { '\\': '12345678901234567890' });
  });
});
