import assert from 'node:assert/strict';
import { mayHoldHex } from '../../../src/engine/http/hexRun.ts';
import { Redactor } from '../../../src/engine/http/redactor.ts';

const SECRET = 'sk-canary-7f3a9c';
const BYTES = [...Buffer.from(SECRET)].map((byte) => byte.toString(16));

describe('digits of a dumped secret', () => {
  for (const [form, text] of Object.entries({
    plain: BYTES.join(''),
    capital: BYTES.join('').toUpperCase(),
    spaced: BYTES.join(' '),
    'with colons': BYTES.join(':'),
    'as a list': BYTES.map((byte) => `0x${byte}`).join(', '),
    'as escapes': BYTES.map((byte) => `\\x${byte}`).join(''),
    'over lines': BYTES.join('\n'),
    'with spaces beyond ASCII': BYTES.join('\u00a0\u2003'),
    'with dashes': BYTES.join('-'),
  }))
    it(`are found ${form}`, () => {
      const around = `The key was ${text}. Nothing else is here.`;
      assert.ok(mayHoldHex(around, SECRET.length * 2), text);
      assert.ok(new Redactor([SECRET]).text(around).includes('[key]'), text);
    });

  it('are not looked for where there are too few', () => {
    assert.equal(mayHoldHex('A face, a bed: dead beef. '.repeat(100), 32), false);
    assert.equal(mayHoldHex(BYTES.join('').slice(1), SECRET.length * 2), false);
    assert.equal(mayHoldHex('', 1), false);
  });
});
