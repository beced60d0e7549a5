import assert from 'node:assert/strict';
import { readJson } from '../../../../src/engine/files/formats/readJson.ts';
import { parseUntrustedJson } from '../../../../src/engine/files/formats/untrustedJson.ts';

const readers = { readJson, parseUntrustedJson };

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
    assert.deepEqual(parseUntrustedJson(text), { '\\': '12345678901234567890' });
  });

  for (const [text, reason] of [
    ['['.repeat(201), /nested deeper than 200 levels/],
    ['{"a":1e999}', /number 1e999 is out of range/],
    ['{"__proto__":1}', /contains the key "__proto__"/],
    ['{"\\u005f_proto__":1}', /contains the key "__proto__"/],
  ] as const)
    it(`refuses ${text.slice(0, 20)}`, () => {
      assert.throws(() => parseUntrustedJson(text), { name: 'SyntaxError', message: reason });
    });
});
