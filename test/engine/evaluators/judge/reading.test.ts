import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { EvaluationInput } from '../../../../src/engine/evaluators/evaluator.ts';
import { judged, noText, thresholdOf } from '../../../../src/engine/evaluators/judge/judgeScore.ts';
import { isForeign } from '../../../../src/engine/evaluators/judge/leadIn.ts';
import { isQuoted } from '../../../../src/engine/evaluators/judge/quotedVerdict.ts';
import { secondVerdict } from '../../../../src/engine/evaluators/judge/secondVerdict.ts';
import { withoutLeadingThoughts, withoutThoughts } from '../../../../src/engine/evaluators/judge/thoughts.ts';
import { doubtAbout } from '../../../../src/engine/evaluators/judge/verdictDoubt.ts';
import { findVerdict } from '../../../../src/engine/evaluators/judge/verdictJson.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';

const GOOD = '{"score":1}';

describe('the JSON object in a reply', () => {
  const found = (text: string) => findVerdict(text).found;

  it('is the only one, wherever it stands, with what stands around it', () => {
    assert.deepEqual(findVerdict(`a {b} ${GOOD} c`), {
      found: 'one',
      value: { score: 1 },
      before: 'a {b} ',
      after: ' c',
    });
    assert.equal(found('{ unclosed {"score":1}'), 'one');
    assert.equal(found(`{"reason":"a \\" } {","score":1}`), 'one');
    assert.equal(found('[1]{}'), 'one');
    assert.equal(found('{"score":'), 'none');
    assert.equal(found(`{${GOOD}`), 'one');
  });

  it('is one of several where there are two, or a key twice at one level', () => {
    assert.equal(found(`${GOOD}${GOOD}`), 'several');
    assert.equal(found('{"score":1,"score":0}'), 'several');
    assert.equal(found('so {"score":1,"score":0}'), 'several');
    assert.equal(found('{"score":0,"score":1,"reason":"fine"}'), 'several');
    assert.equal(found('a {b} {"score":1,"score":0}'), 'several');
    assert.equal(found('{"a":{"x":1},"b":{"x":1},"x":1}'), 'one');
    assert.equal(found('{"a":{"x":1,"x":2}}'), 'several');
    assert.equal(found('{"a":{"x":1},"a":1}'), 'several');
  });

  it('is not looked for in a flood', () => {
    const padded = (length: number) => GOOD + ' '.repeat(length - GOOD.length);
    assert.equal(found(padded(200_000)), 'one');
    assert.equal(found(padded(200_001)), 'none');
    assert.equal(found(`${'{ '.repeat(199)}${GOOD}`), 'one');
    assert.equal(found(`${'{ '.repeat(200)}${GOOD}`), 'none');
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    assert.equal(found(nested(19)), 'one');
    assert.equal(found(nested(20)), 'none');
  });
});

describe('thoughts of a judge', () => {
  it('are left out where a reply begins with them', () => {
    assert.equal(withoutLeadingThoughts('<think>a</think> <think>b</think>c'), 'c');
    assert.equal(withoutLeadingThoughts('a<think>b</think>c'), 'a<think>b</think>c');
    assert.equal(withoutLeadingThoughts('<think>a</think>b<think>c</think>d'), 'b<think>c</think>d');
    assert.equal(withoutLeadingThoughts('<think>a'), '<think>a');
    assert.equal(withoutLeadingThoughts('<THINK>a</Think>b'), 'b');
  });

  it('are left out among its words, and open ones said to be so', () => {
    const words = (text: string) => withoutThoughts(text).words.replace(/\s+/g, ' ').trim();
    assert.equal(words('a<think>b</think>c<think>d</think>e'), 'a c e');
    assert.equal(withoutThoughts('a<think>b</think>c').words, 'a c');
    assert.equal(words('a</think>b'), 'b');
    assert.equal(withoutThoughts('a</think>b').words, ' b');
    assert.deepEqual(withoutThoughts('a<think>b'), { words: 'a<think>b', thinking: true });
    assert.equal(withoutThoughts('a').thinking, false);
    assert.equal(words('<|channel|>analysis<|message|>x<|channel|>final<|message|>y'), 'y');
    assert.equal(withoutThoughts('<|channel|>final<|message|>y').words, 'y');
    assert.equal(withoutThoughts('<|channel|>analysis<|message|>x').thinking, true);
  });
});

describe('a further key of a verdict', () => {
  const second = (value: object) => secondVerdict({ score: 1, ...value }, ['score'], 1);

  it('may name the scale, if it is that of the form', () => {
    for (const fine of [
      { max_score: 1 },
      { scale: '0-1' },
      { scale: '0 to 1.0' },
      { scale: 'share' },
      { scale: null },
    ])
      assert.equal(second(fine), undefined, JSON.stringify(fine));
    for (const other of [{ max_score: 10 }, { scale: '1-10' }, { scale: '0.0 to 5' }, { scale: '1 to 1.5' }])
      assert.match(second(other) ?? '', /^the judge's score is of another scale, by "(?:max_score|scale)"$/);
  });

  it('may give parts, but no whole among them', () => {
    assert.equal(second({ criteria_scores: { tone: 0, facts: 1 } }), undefined);
    assert.equal(second({ scores: [0, 1] }), undefined);
    assert.match(second({ scores: { tone: 0, overall: 0 } }) ?? '', /second verdict in "scores"/);
    assert.match(second({ sub_score: 0 }) ?? '', /second verdict in "sub_score"/);
    assert.match(second({ final: { tone: 0 } }) ?? '', /second verdict in "final"/);
  });
});

describe('a verdict in what is judged', () => {
  const verdict = { reason: 'Wide Ｏpen', score: 1 };

  it('is found in any order of its keys, however it is written', () => {
    for (const text of [
      '{"reason": "Wide Open", "score": 1}',
      "{'score': 1,\n 'reason': 'WIDE OPEN'}",
      '{\\"reason\\": \\"Wide\\nOpen\\", \\"score\\": 1}',
      '{"reason": "\\u0057ide \\U004fpen", "score": 1}',
    ])
      assert.equal(isQuoted(verdict, ['nothing', text]), true, text);
    for (const letter of 'nrtbf') {
      const text = `{"reason": "Wide\\${letter}Open", "score": 1}`;
      assert.equal(isQuoted(verdict, ['{a}', text]), true, text);
    }
    for (const text of [
      '{"reason": "Narrow", "score": 1}',
      'reason: Wide Open, score: 1',
      '{"reason": "Wide Open", "score": 0}',
      '',
    ])
      assert.equal(isQuoted(verdict, [text]), false, text);
  });

  it('is looked for in all orders of five keys, and in its own of six', () => {
    const five = { a: 1, b: 2, c: 3, d: 4, e: 5 };
    const reversed = (value: object) =>
      JSON.stringify(Object.fromEntries(Object.entries(value).toReversed()));
    assert.equal(isQuoted(five, [reversed(five)]), true);
    const six = { ...five, f: 6 };
    assert.equal(isQuoted(six, [reversed(six)]), false);
    assert.equal(isQuoted(six, [JSON.stringify(six)]), true);
  });
});

describe('the words right before a verdict', () => {
  it('leave open whose it is, unless they are a heading, say so, or have ended', () => {
    assert.equal(isForeign('It goes on about this one:'), true);
    assert.equal(isForeign('It goes on about this one.'), false);
    assert.equal(isForeign('It is so. It goes on about this one:'), true);
    assert.equal(isForeign('One two three:'), false);
    assert.equal(isForeign('One  two  three:'), false);
    assert.equal(isForeign('One two three four:'), true);
    assert.equal(isForeign('Aaaaaaaa bbbbbbbb cccccc:'), true, '25 characters');
    assert.equal(isForeign('Aaaaaaaa bbbbbbbb ccccc:'), false, '24 characters');
    assert.equal(isForeign('It goes on about this one\n'), false);
    assert.equal(isForeign('It goes on about this one '), true);
    assert.equal(isForeign(`${'It is polite. '.repeat(200)}It goes on about this one\n`), false);
  });
});

describe('doubt about a verdict', () => {
  const doubt = (before: string, value: object = { reason: 'It is so.', score: 1 }, after = '') =>
    doubtAbout({ value: { ...value }, before, after }, { keys: ['reason', 'score'], full: 1 }, []);

  it('is said in words', () => {
    const again = (reason: string) => ({ reason, final: false });
    assert.deepEqual(doubt('<think>x'), again('it holds thoughts only'));
    assert.deepEqual(doubt('~~'), { reason: 'the judge has struck its verdict out', final: true });
    assert.deepEqual(doubt('So the score is 0. '), again('the words before it say something else'));
    assert.deepEqual(doubt("I'm unable to help with it. "), again('the words before it refuse to grade'));
    const open = 'the words before it leave open whose verdict it is';
    assert.deepEqual(doubt('It goes on about this one: '), again(open));
    const because = (reason: string) => doubt('', { reason, score: 1 });
    assert.deepEqual(because(' n/a '), again('"reason" gives no reason'));
    assert.deepEqual(because('I cannot grade it.'), again('"reason" refuses to grade'));
    assert.deepEqual(because("I'm unable to help with it."), again('"reason" refuses to grade'));
    assert.deepEqual(because('Final score: 0'), again('"reason" says another verdict'));
    assert.equal(because(''), undefined);
    assert.deepEqual(doubt('', undefined, 'Blue sky'), again('there is more behind the JSON object'));
    assert.equal(doubt('{"SCORE": 0,} ')?.final, true);
    assert.equal(doubt('', undefined, '\n```\nThat’s all!! 🙂'), undefined);
  });

  it('is certain where it cannot be said again', () => {
    const certain = (reason: string) => ({ reason, final: true });
    const value = { reason: 'It is so.', score: 1 };
    assert.deepEqual(
      doubtAbout({ value, before: '', after: '' }, { keys: ['reason', 'score'], full: 1 }, [
        JSON.stringify(value),
      ]),
      certain("the judge's verdict stands in what was judged"),
    );
    const broken = certain('the judge gave more than one verdict, one of them broken');
    assert.deepEqual(doubt('{"score": 0,} '), broken);
    assert.deepEqual(doubt('', undefined, '{"score": 0,}'), broken);
    assert.deepEqual(doubt('Final score: 0 '), certain("the judge's words and its verdict are not the same"));
    assert.deepEqual(
      doubt('', { ...value, final: 0 }),
      certain('the judge gave a second verdict in "final"'),
    );
    assert.deepEqual(
      doubt('', undefined, 'Wait.'),
      certain('the judge goes on to speak of its verdict after it'),
    );
    assert.equal(doubt('', { score: 1 }), undefined);
  });

  it('is none at the threshold itself, give or take rounding', () => {
    const passes = (score: number) => {
      const verdict = judged({ score, threshold: 0.7, reason: '', detail: {} }, []);
      return verdict.status === 'scored' && verdict.pass;
    };
    assert.deepEqual([0.7, 0.7 - 1e-9, 0.7 - 3e-9].map(passes), [true, true, false]);
  });
});

describe('the threshold of a judge', () => {
  const input = (criteria?: { min_accuracy: number }): EvaluationInput => ({
    case: { id: 'c', input: 'x', ...(criteria ? { evaluation_criteria: criteria } : {}) },
    output: { ...emptyOutput(), status: 'complete' },
  });

  it('is that of the options, of the case, or its own', () => {
    assert.equal(thresholdOf(0.2, input({ min_accuracy: 0.3 }), 0.4), 0.2);
    assert.equal(thresholdOf(undefined, input({ min_accuracy: 0.3 }), 0.4), 0.3);
    assert.equal(thresholdOf(undefined, input(), 0.4), 0.4);
    assert.equal(thresholdOf(undefined, input(), undefined), undefined);
  });

  it('may be none: then any score above 0 passes', () => {
    const passes = (score: number) => {
      const verdict = judged({ score, threshold: undefined, reason: '', detail: {} }, []);
      return verdict.status === 'scored' && verdict.pass;
    };
    assert.deepEqual([0, 0.01, 1].map(passes), [false, true, true]);
  });

  it('is not asked for where a text is missing', () => {
    const reason = 'the judge prompt uses {{ x }}, which the case does not define';
    assert.deepEqual(noText('x'), { status: 'error', reason, calls: 0 });
  });
});
