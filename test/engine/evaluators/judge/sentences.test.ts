import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  comparable,
  linesOf,
  segmentations,
  sentencesOf,
} from '../../../../src/engine/evaluators/judge/retrieval/sentences.ts';

describe('sentences of a text', () => {
  it('are its lines where there are several, else what ends with a full stop', () => {
    assert.deepEqual(linesOf('a\n \n\n b '), ['a', ' b ']);
    assert.deepEqual(sentencesOf('One. Two!\n\n b '), ['One. Two!', 'b']);
    assert.deepEqual(sentencesOf('\nOne.  Two! Three? 四。五！六？ 七。'), [
      'One.',
      'Two!',
      'Three?',
      '四。',
      '五！',
      '六？',
      '七。',
    ]);
    assert.deepEqual(sentencesOf('v1.2 is out. So'), ['v1.2 is out.', 'So']);
    assert.deepEqual(sentencesOf(''), []);
  });

  it('are told from the numbers of a list', () => {
    assert.deepEqual(sentencesOf('1. One. 12. Two.'), ['One.', 'Two.']);
    assert.deepEqual(sentencesOf('1)\n10)\na1)\n1) b'), ['a1)', '1) b']);
    assert.deepEqual(sentencesOf('. One.'), ['.', 'One.']);
  });

  it('are compared by their words alone', () => {
    assert.equal(comparable(' “Ｗide, OPEN” — é2! '), 'wide open é2');
    assert.equal(comparable('नमस्ते'), 'नमस्ते');
  });
});

describe('ways to take a text apart', () => {
  it('are by stops and by the rules of Unicode, and by lines where there are several', () => {
    assert.deepEqual(segmentations('One. Two.'), [
      ['One.', 'Two.'],
      ['One.', 'Two.'],
    ]);
    assert.deepEqual(segmentations('He said "one." and went.'), [
      ['He said "one." and went.'],
      ['He said "one." and went.'],
    ]);
    assert.deepEqual(segmentations('one. two.\n three. '), [
      ['one.', 'two.', 'three.'],
      ['one. two.', 'three.'],
      ['one. two.', 'three.'],
    ]);
  });

  it('do not end a sentence after an abbreviation', () => {
    const short =
      'dr mr mrs ms prof st no nr vs etc approx inc ltd jr sr fig p pp ca bzw e.g i.e z.b d.h'.split(' ');
    for (const word of [...short, 'z. B', 'd. h', 'PROF']) {
      for (const mark of ['', '(', '"', "'"]) {
        const sentence = `It is ${mark}${word}. Blue one.`;
        assert.deepEqual(segmentations(`${sentence} So.`)[0], [sentence, 'So.'], sentence);
      }
      assert.deepEqual(segmentations(`${word}. Blue one. So.`)[0], [`${word}. Blue one.`, 'So.'], word);
      assert.equal(
        segmentations(`It is x${word}. Blue one.`)[0]?.length,
        word.includes('. ') ? 3 : 2,
        `x${word}`,
      );
    }
    assert.deepEqual(segmentations('It is Dr.')[0], ['It is Dr.']);
    assert.deepEqual(segmentations('Ask her. It is Dr.')[0], ['Ask her.', 'It is Dr.']);
  });
});
