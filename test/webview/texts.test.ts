import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { visibleText } from '../../src/webview/shared/visibleText.ts';
import { wordDiff } from '../../src/webview/shared/wordDiff.ts';

describe('text for the eye', () => {
  it('shows what would hide or reorder, and keeps lines, tabs and other scripts', () => {
    assert.equal(visibleText('a\u202eb\u0000c\u001b[1m\u200bd'), 'a<U+202E>b␀c␛[1m<U+200B>d');
    assert.equal(visibleText('one\r\ntwo\n\tthree'), 'one\ntwo\n\tthree');
    assert.equal(visibleText('שלום عالم 你好 👩‍👩‍👧'), 'שלום عالم 你好 👩‍👩‍👧');
  });
});

describe('the comparison by words', () => {
  it('gives back both texts, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (reference, output) => {
        const parts = wordDiff(reference, output) ?? [];
        const without = (kind: string) =>
          parts
            .filter((part) => part.kind !== kind)
            .map(({ text }) => text)
            .join('');
        assert.equal(without('added'), reference);
        assert.equal(without('removed'), output);
      }),
    );
  });

  it('is not made of texts that are too long or have nothing in common', () => {
    const words = (count: number, word: string) =>
      Array.from({ length: count }, (_, at) => `${word}${at}`).join(' ');
    assert.equal(wordDiff(words(10_000, 'a'), words(10_000, 'b')), null);
    assert.equal(wordDiff('x'.repeat(1_000_000), 'y'), null);
  });
});
