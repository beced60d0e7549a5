import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { canonicalJson } from '../../../src/engine/model/json.ts';

describe('canonicalJson', () => {
  const written: [value: unknown, text: string][] = [
    [
      { b: 1, a: { d: [2, { z: 'x', y: null }], c: true } },
      '{"a":{"c":true,"d":[2,{"y":null,"z":"x"}]},"b":1}',
    ],
    [{ 9: 'nine', 10: 'ten', a: '' }, '{"10":"ten","9":"nine","a":""}'],
    [{ 'a"b\n': 'ü"\u2028' }, '{"a\\"b\\n":"ü\\"\u2028"}'],
    [{ left: undefined, out: [undefined] }, '{"out":[null]}'],
    [{}, '{}'],
    [[], '[]'],
    [undefined, 'null'],
    [-0.5, '-0.5'],
  ];
  for (const [value, text] of written) {
    it(`writes ${text}`, () => assert.equal(canonicalJson(value), text));
  }

  it('refuses numbers that JSON cannot hold', () => {
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => canonicalJson([{ a: number }]), RangeError);
  });
});
