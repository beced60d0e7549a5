import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { wordingOf, wordLikeness } from '../../../../src/engine/models/fallbacks/wordLikeness.ts';

const alike = (a: string, b: string) => wordLikeness(wordingOf(a), wordingOf(b));

describe('the likeness of words', () => {
  it('is the share of words and neighbours in common', () => {
    // Words: a b c; pairs with both ends: 4. In common with `a b d`: 2 words and 2 pairs, of 3 + 4 on each side.
    assert.equal(alike('a b c', 'a b d'), 4 / 10);
    assert.equal(alike('a', 'b'), 0);
    assert.equal(alike('a a b', 'a a b'), 1);
  });

  const same: [string, string][] = [
    ['Where is my order?', 'where IS my  order ?'],
    ['ｗｉｄｅ', 'wide'],
    ['é', 'e\u0301'],
    ['返金してください', '返金してください'],
  ];
  for (const [a, b] of same) it(`is 1 for ${a} and ${b}`, () => assert.equal(alike(a, b), 1));

  const different: [string, string][] = [
    ['dog bites man', 'man bites dog'],
    ['refund order 4711', 'refund order 4712'],
    ['is it 5 degrees', 'is it -5 degrees'],
    ['5 - 3', '5 + 3'],
    ['I want it', "I don't want it"],
    ['返金してください', '交換してください'],
    ['', 'a'],
  ];
  for (const [a, b] of different)
    it(`is less than 1 for '${a}' and '${b}'`, () => assert(alike(a, b) < 1, `${alike(a, b)}`));

  it('lies between 0 and 1, and is the same both ways', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const value = alike(a, b);
        assert(value >= 0 && value <= 1);
        assert.equal(value, alike(b, a));
        if (wordingOf(a).size > 1) assert.equal(alike(a, a), 1);
      }),
    );
  });
});
