import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { attributions } from '../../../../src/engine/evaluators/judge/retrieval/attributions.ts';
import { faithfulVerdicts } from '../../../../src/engine/evaluators/judge/retrieval/faithfulVerdicts.ts';
import { neededSentences } from '../../../../src/engine/evaluators/judge/retrieval/neededSentences.ts';
import { contextShape } from '../../../../src/engine/evaluators/judge/retrieval/retrievedContext.ts';

describe('a classification', () => {
  const of = (second: string) =>
    attributions(`[Attributed]\n${second} [Attributed]`, 'Marie was born in Warsaw. She won two big prizes.');
  const both = { attributed: 2, total: 2 };
  const odd = { problem: "the judge's classification 2 is not of sentence 2" };

  it('begins with the number of its sentence, with signs around it', () => {
    for (const mark of ['', ' ', '*', '#', '(', '"', '“', '-', '- **', '### '])
      assert.deepEqual(of(`${mark}2. All is well`), both, mark);
    for (const end of ['.', ')', ':', ' .', ' )', '\t:'])
      assert.deepEqual(of(`2${end} All is well`), both, end);
    for (const words of ['The weather of 2. is well', '3. All is well', '2 All is well', '[2. All is well'])
      assert.deepEqual(of(words), odd, words);
  });

  it('has at least half of the words of its sentence', () => {
    assert.deepEqual(of('She had two big ideas'), both);
    assert.deepEqual(of('She had two ideas'), odd);
  });

  it('is in words that stand apart', () => {
    const none = attributions('[NotAttributed]', 'She won.');
    assert.ok('problem' in none && none.misformed);
    assert.deepEqual(attributions('[not\tattributed]', 'She won.'), { attributed: 0, total: 1 });
  });
});

describe('a verdict on a statement', () => {
  const LIST = 'Final verdict for each statement in order:';
  const supported = (answer: string) => {
    const found = faithfulVerdicts(answer, 1);
    return 'problem' in found ? found.problem : found.supported;
  };
  const none = 'the judge gave no verdict on any statement';
  const takenBack = 'the judge gave a verdict that says both, or takes it back';
  const more = "the judge's final list holds more than Yes and No";

  it('is a word of its own behind another', () => {
    for (const answer of [
      'It says “verdict: no”verdict: yes',
      'Verdict yes',
      'The verdict is yes',
      'Verdict – **is: yes',
      'verdict: “yes”',
    ])
      assert.equal(supported(answer), 1, answer);
    for (const answer of [
      'A counterverdict: yes',
      'The field verdict_no is empty',
      'The verdict isno',
      'The verdict: this no',
      'Verdict: yesterday',
    ])
      assert.equal(supported(answer), none, answer);
  });

  it('is taken back by a whole word, and whatever signs lead to it', () => {
    for (const rest of [
      '更正：否',
      ' 更正',
      '\n... wait, that is off',
      '\n> – wait',
      '\n(:) Wait',
      '. … Sorry, so',
    ])
      assert.equal(supported(`Verdict: Yes${rest}`), takenBack, rest);
    for (const rest of [
      ' – waiting times are short',
      ', edited since',
      '. Waiting times are short',
      '. Editions vary',
      '. Nothing speaks against it',
      '\nMomentous as it is',
    ])
      assert.equal(supported(`Verdict: Yes${rest}`), 1, rest);
    assert.equal(supported('Verdict: No. Yesterday it was'), 0);
  });

  it('ends where the next statement begins', () => {
    const of = (next: string) => faithfulVerdicts(`1. A. Verdict: Yes${next} Wait, B. Verdict: No`, 2);
    for (const next of ['\nStatement 2.', '. Statement 2.', '\n2.', '\nstatement 1234.', '! **Statement 2:'])
      assert.deepEqual(of(next), { supported: 1, score: 0.5 }, next);
    for (const next of ['\nStatement 12345.', '\nSentence.', '\nStatement .'])
      assert.deepEqual(of(next), { problem: takenBack }, next);
  });

  it('of a list is a word with remarks that hold no other', () => {
    for (const list of [
      'Yes',
      '\nYes',
      '\n1. Yes',
      ' 12. Yes',
      ' Yes (as in the volcano)',
      ' Yes (noted above)',
    ])
      assert.equal(supported(LIST + list), 1, list);
    assert.deepEqual(faithfulVerdicts(`${LIST}\nYes\nno;No.yes`, 4), { supported: 2, score: 0.5 });
    for (const list of [' Yes-no', ' Yes (not quite)', ' Yes and no', ' Yesterday', ' Yes (no'])
      assert.equal(supported(LIST + list), more, list);
  });
});

describe('a part of a context', () => {
  const of = (answer: string) =>
    neededSentences(answer, { text: 'Returns are free for 30 days. We ship to France. Tea is sold out.' });

  it('is left out by whole words alone', () => {
    for (const words of ['In Agnone of old', 'None offer more', 'A knot', 'Noted', 'Exceptional as it is'])
      assert.deepEqual(of(`${words}: tea is sold out`), { count: 1, total: 3 }, words);
    for (const words of ['None of these', 'NONE OF them', 'It is not', 'All except'])
      assert.deepEqual(
        of(`${words}: tea is sold out`),
        { problem: 'the judge quotes what it does not pick' },
        words,
      );
  });
});

describe('the options of a context', () => {
  const shape = z.object(contextShape);

  it('may be absent, and hold something where they are given', () => {
    for (const options of [
      {},
      { context: 'a' },
      { context: ['a'] },
      { context: ['a', 'b'] },
      { contextTransform: 'x' },
    ])
      assert.deepEqual(shape.parse(options), options);
    for (const options of [
      { context: '' },
      { context: [] },
      { context: [''] },
      { context: ['a', ''] },
      { context: 5 },
      { context: null },
      { contextTransform: '' },
      { contextTransform: 5 },
    ])
      assert.ok(!shape.safeParse(options).success, JSON.stringify(options));
  });
});
