import assert from 'node:assert/strict';
import { secondVerdict } from '../../../../src/engine/evaluators/judge/secondVerdict.ts';
import { agrees } from '../../../../src/engine/evaluators/judge/statedValue.ts';
import { contradiction } from '../../../../src/engine/evaluators/judge/statedVerdict.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';

describe('what words say of a verdict', () => {
  const said: [
    words: string,
    verdict: JsonObject,
    full: number,
    expected: ReturnType<typeof contradiction>,
  ][] = [
    ['Verdict: pass', { score: 0.1 }, 1, 'certain'],
    ['Verdict: pass', { score: 0.11 }, 1, undefined],
    ['Verdict: fail', { score: 0.9 }, 1, 'certain'],
    ['Verdict: fail', { score: 0.89 }, 1, undefined],
    ['Final score: 8/10', { score: 8 }, 10, undefined],
    ['Final score: 0.8', { score: 8 }, 10, undefined],
    ['Final score: 1', { score: 8 }, 10, 'certain'],
    ['Final choice: 2', { best: 1 }, 1, 'certain'],
    ['Final choice: 2', { best: 2 }, 1, undefined],
    ['Final choice: 2', { choice: 'good' }, 1, undefined],
    ['Verdict: fail', { answer: 'Y' }, 1, 'certain'],
    ['Verdict: fail', { pass: true }, 1, 'certain'],
    ['Verdict: fail', { pass: false }, 1, undefined],
    ['Verdict: fail', { category: 'C' }, 1, undefined],
    ['Final winner: tie', { winner: 'A' }, 1, 'certain'],
    ['So the score is 0.', { score: 1 }, 1, 'likely'],
    ['Final score: 0.8\nScore: 0', { score: 0.8 }, 1, undefined],
    ['Final score: 0,8', { score: 0.8 }, 1, undefined],
    ['Final score: Nine', { score: 9 }, 10, undefined],
    ['Final score: Two', { score: 9 }, 10, 'certain'],
    ['Final score: 4', { score: 0.8 }, 1, undefined],
    ['Final score: 80', { score: 0.8 }, 1, undefined],
    ['Final score: ★★★★☆', { score: 0.8 }, 1, undefined],
    ['Final score: ★★☆☆☆', { score: 0.8 }, 1, 'certain'],
    ['Verdict: fail', { note: 'good' }, 1, undefined],
    ['Verdict: fail', { verdict: true }, 1, 'certain'],
    ['Final answer: no', { answer: 'y', second: 'n' }, 1, undefined],
    ['Final answer: no', { answer: 'y', second: 'a' }, 1, 'certain'],
    ['Final answer: y', { answer: 'Yes' }, 1, undefined],
    ['Final answer: yes', { answer: 'Y' }, 1, undefined],
    ['Final answer: no', { answer: 'because' }, 1, undefined],
    ['Final answer: no', { answer: 'as a tie' }, 1, undefined],
    ['Final answer: no', { answer: 'a tie of two' }, 1, undefined],
    ['It is polite. $\\boxed{0}$', { score: 1 }, 1, 'certain'],
    ['\\boxed{\\text{fail}}', { score: 1 }, 1, 'certain'],
    ['\\boxed{2/10}', { score: 1 }, 1, 'certain'],
    ['\\boxed{No}', { answer: 'Y' }, 1, 'certain'],
    ['\\fbox{0}', { score: 8 }, 10, 'certain'],
    ['\\boxed{1}', { score: 1 }, 1, undefined],
    ['\\boxed{0.8}', { score: 8 }, 10, undefined],
    ['Final score: 0\nFinal score: 1', { score: 1 }, 1, undefined],
    ['Final score: 1\nFinal score: 0', { score: 1 }, 1, 'certain'],
    ['First \\boxed{0}, then \\boxed{1}', { score: 1 }, 1, undefined],
    ['I give it 0. No, I give it 1.', { score: 1 }, 1, undefined],
    ['\\boxed{no}', { score: 1 }, 1, undefined],
    ['Verdict: tie', { score: 1 }, 1, undefined],
    ['The correct answer is no.', { answer: 'Y' }, 1, undefined],
    ['The correct answer is D.', { category: 'C' }, 1, 'certain'],
    ['Final answer: no', { answer: 'Y' }, 1, 'certain'],
    ['Score: 0/1', { answer: 'Y' }, 1, 'certain'],
    ['Score: 4/10', { answer: 'Y' }, 1, 'certain'],
    ['Score: 5/10', { answer: 'Y' }, 1, undefined],
    ['Score: 5/10', { answer: 'N' }, 1, 'certain'],
    ['Score: 0', { answer: 'Y' }, 1, undefined],
    ['Score: 0/1', { category: 'C' }, 1, undefined],
    ['The right winner is B', { winner: 'A' }, 1, 'certain'],
    ['I find \\boxed{42} as well.', { score: 1 }, 1, 'likely'],
    ['I find \\boxed{x^2} as well.', { score: 1 }, 1, undefined],
  ];
  for (const [words, verdict, full, expected] of said) {
    it(`${words} beside ${JSON.stringify(verdict)} of ${full}`, () =>
      assert.equal(contradiction(words, verdict, full), expected));
  }

  it('in a further key agrees, differs or says nothing', () => {
    assert.equal(agrees(8, { score: 8 }, 10), true);
    assert.equal(agrees(0.8, { score: 8 }, 10), true);
    assert.equal(agrees(0.7, { score: 8 }, 10), false);
    assert.equal(agrees('fail', { score: 0.4 }, 1), true);
    assert.equal(agrees('fail', { score: 0.5 }, 1), false);
    assert.equal(agrees('perhaps', { score: 1 }, 1), undefined);
    assert.equal(agrees(true, { choice: 'good' }, 1), undefined);
  });

  it('in a further key is good or bad by its whole word alone', () => {
    const good = [
      'y',
      'Yes',
      'passed',
      'passes',
      'true',
      'correct',
      'accept',
      'accepted',
      'approve',
      'approved',
    ];
    const more = ['met', 'success', 'successful', 'ok', 'valid', ' pass '];
    for (const word of [...good, ...more]) assert.equal(agrees(word, { score: 1 }, 1), true, word);
    const bad = [
      'N',
      'no',
      'failed',
      'fails',
      'failure',
      'false',
      'incorrect',
      'reject',
      'rejected',
      ' Fail ',
    ];
    const worse = ['not met', 'unmet', 'wrong', 'invalid', 'error'];
    for (const word of [...bad, ...worse]) assert.equal(agrees(word, { score: 0 }, 1), true, word);
    for (const word of ['almost passed', 'passed by', 'not wrong', 'wrong side'])
      assert.equal(agrees(word, { score: 1 }, 1), undefined, word);
  });

  it('in a key of the form is no second verdict', () => {
    const verdict = { reason: 'so', pass: false, score: 0.6 };
    assert.equal(secondVerdict(verdict, ['reason', 'score', 'pass'], 1), undefined);
    assert.match(secondVerdict(verdict, ['reason', 'score'], 1) ?? '', /second verdict in "pass"/);
  });
});
