import assert from 'node:assert/strict';
import { BARE, FALLS_SHORT, LABELLED, ROW } from '../../../../src/engine/evaluators/judge/verdictWords.ts';

const each = (...lines: string[]) => lines.flatMap((line) => line.split('|'));
const labelsIn = (words: string) => [...words.matchAll(ROW)].map(({ groups = {} }) => groups['label']);
const numbersIn = (pattern: RegExp, words: string) =>
  [...words.matchAll(pattern)].map(({ groups = {} }) => groups['number']);

describe('a row of a label and a value', () => {
  it('has one of these labels', () => {
    for (const label of each('score|grade|rating|verdict|SCORE'))
      for (const which of ['', 'final ', 'overall ', 'total ', 'my ', 'Final '])
        assert.deepEqual(labelsIn(`${which}${label} 0`), [which + label]);
    for (const words of ['points 0', 'final points 0', 'your 0', 'scores 0'])
      assert.deepEqual(labelsIn(words), [], words);
    assert.deepEqual(labelsIn('final  score 0'), []);
  });

  it('has one to six marks between them', () => {
    for (const mark of ' \t*_"\',;()[]')
      for (const count of [1, 6])
        assert.deepEqual(numbersIn(ROW, `score${mark.repeat(count)}7.5`), ['7.5'], `${count} ${mark}`);
    for (const words of ['score7', 'score       7', 'score:7', 'score\n7', 'score {7}', 'score this 7'])
      assert.deepEqual(numbersIn(ROW, words), [], words);
  });

  it('stands alone in its line, with up to ten marks before it', () => {
    for (const lead of ['', '- ', '**', '| ', '*'.repeat(10)])
      assert.deepEqual(labelsIn(`So be it.\n${lead}score 0**.`), ['score'], lead);
    for (const lead of ['*'.repeat(11), 'a ', 'a', '1 ', '1. ', 'The '])
      assert.deepEqual(labelsIn(`So be it.\n${lead}score 0`), [], lead);
    for (const rest of [' because it is rude', ' and so on', ' 1', ' points as it is'])
      assert.deepEqual(labelsIn(`score 0${rest}`), [], rest);
    for (const unit of ['', ' points', '.', ' stars!', '分'])
      assert.deepEqual(labelsIn(`score 0${unit}`), ['score'], unit);
    assert.deepEqual(
      [...'-\nscore 0\n'.matchAll(ROW)].map(({ index }) => index),
      [2],
    );
  });
});

describe('a value behind a label', () => {
  it('is a whole number, without the sign that ends the sentence', () => {
    for (const [words, number] of [
      ['Score: 7.', '7'],
      ['Score: 7, since it is so', '7'],
      ['Score: 7.5.', '7.5'],
      ['Score: 7,25', '7,25'],
      ['Score\n10', '10'],
      ['Score\n\n- 10', '10'],
    ] as const)
      assert.deepEqual(numbersIn(BARE, words), [number], words);
  });

  it('below its label stands in a short line, and the label in one without a number', () => {
    assert.deepEqual(numbersIn(BARE, `Score\n0${' '.repeat(23)}`), ['0']);
    for (const words of [
      `Score\n0${' '.repeat(24)}`,
      'Score\n\n1 - 1 + 1 - 1 + 1 - 1 + 1 - 1 = 0',
      'Score 2\n0',
      'Score (1 to 5)\n0',
    ])
      assert.deepEqual(numbersIn(BARE, words), [], words);
  });

  it('in a line of any label needs one', () => {
    assert.equal(LABELLED.exec('a: 0')?.groups?.['label'], 'a');
    assert.equal(LABELLED.exec(': 0'), null);
    assert.equal(LABELLED.exec('=> 0'), null);
  });
});

describe('words that say that the output falls short', () => {
  it('say so of the output and the rubric', () => {
    for (const words of each(
      'It fails to fulfill the rubric.|It fails to fulfil the rubric.|It does not fulfil every requirement.|It fails the rubric',
      'Does it pass the check? No.|Did it comply with all the conditions? No|It should fail|I must fail it|So fail.',
    ))
      assert.ok(FALLS_SHORT.test(words), words);
  });

  it('are whole words', () => {
    for (const words of each(
      'Does it bypass the check? No.|Does it surpass every requirement? No.|Does it meet the rubric? Not only that.',
      'Does it meet the rubric? Now it does.|The subtext should fail.|The profit has to be failed.|This should failover to another.',
      'The wiki must fail the test.|I will fail there.|I must fail these.|Other answers also fail.|It is also failed.',
    ))
      assert.ok(!FALLS_SHORT.test(words), words);
  });
});
