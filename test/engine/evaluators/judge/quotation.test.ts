import assert from 'node:assert/strict';
import { QUOTATION } from '../../../../src/engine/evaluators/judge/quotation.ts';

describe('quotations', () => {
  const own = (text: string) => text.replace(QUOTATION, '_');

  it('are those of any language, empty or long, each for itself', () => {
    for (const [open = '', close = ''] of ['""', '“”', '„“', '„”', '«»', '「」', "''", '‘’'])
      for (const inner of ['', 'a', 'b'.repeat(600)])
        assert.equal(own(`x ${open}${inner}${close} y ${open}${close}`), 'x _ y _', open + close);
  });

  it('end in their line, and are no apostrophes', () => {
    for (const text of ['"a\nb"', '“a\nb”', "'a\nb'", "it's so, isn't it", "3'a'", "'a'b", "é'a'"])
      assert.equal(own(text), text);
    assert.equal(own("so 'a'3"), 'so _3');
    assert.equal(own('""x""'), '_x_');
  });

  it('end at the first closing mark, and begin at the last opening one', () => {
    for (const [words, rest] of [
      ['“a” b” c', '_ b” c'],
      ['“a “b” c', '“a _ c'],
      ['„a” b” c', '_ b” c'],
      ['„a“ b“ c', '_ b“ c'],
      ['„a „b” c', '„a _ c'],
      ['‘a’ b’ c', '_ b’ c'],
      ['‘a ‘b’ c', '‘a _ c'],
      ['«a» b» c', '_ b» c'],
      ['«a «b» c', '«a _ c'],
      ['「a」 b」 c', '_ b」 c'],
      ['「a 「b」 c', '「a _ c'],
    ] as const)
      assert.equal(own(words), rest, words);
  });
});
