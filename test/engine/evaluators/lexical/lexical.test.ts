import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assertClose, passes, scoredOf, scoreOf } from '../evaluating.ts';

const LEXICAL = ['levenshtein', 'rouge-n', 'rouge-l', 'bleu', 'gleu', 'meteor', 'token-f1'];
const answer = (text: string) => ({ expected_output: { answer: text } });

describe('concepts', () => {
  const golden = { expected_output: { expected_concepts: ['refund', '30 days', 'café', '返金'] } };
  it('matches words and phrases in any inflection, and names what is missing', () => {
    const score = scoredOf('concepts', 'We are refunding you within 30 day at the CAFÉ.', golden);
    assert.deepEqual([score.score, score.pass], [0.75, true]);
    assert.match(score.reason, /3 of 4 concepts; missing: 返金/);
  });
  it('needs a phrase to be together, and whole words', () => {
    assert.equal(scoredOf({ concepts: { concepts: ['30 days'] } }, '30 or more days').score, 0);
    assert.equal(scoredOf({ concepts: { concepts: ['art'] } }, 'start').score, 0);
    assert.equal(scoredOf({ concepts: { concepts: ['返金'] } }, '明日返金します').score, 1);
  });
  it('takes the limit from the option, the case, or 0.7', () => {
    const text = 'refund at the café';
    assert.equal(passes('concepts', text, golden), false);
    assert.equal(passes({ concepts: 0.5 }, text, golden), true);
    assert.equal(passes('concepts', text, { ...golden, evaluation_criteria: { min_relevance: 0.5 } }), true);
    const ten = { expected_output: { expected_concepts: [...'abcdefghij'] } };
    assert.equal(passes('concepts', 'a b c d e f g', ten), true, '0.7 of 10 is 0.7');
  });
  it('does not apply without concepts', () => assert.equal(scoreOf('concepts', 'x').status, 'skipped'));
});

describe('levenshtein', () => {
  // Distances as in the literature: kitten/sitting 3, Saturday/Sunday 3, intention/execution 5.
  for (const [a, b, edits] of [
    ['kitten', 'sitting', 3],
    ['Saturday', 'Sunday', 3],
    ['intention', 'execution', 5],
  ] as const) {
    it(`needs ${edits} edits from ${a} to ${b}`, () => {
      assert.equal(passes({ levenshtein: { value: b, max: edits } }, a), true);
      assert.equal(passes({ type: 'levenshtein', value: b, threshold: edits - 1 }, a), false);
    });
  }
  it('allows 5 edits by default and can ask for similarity', () => {
    assert.equal(passes({ levenshtein: 'execution' }, 'intention'), true);
    assertClose(scoredOf({ levenshtein: { value: 'sitting', min: 0.5 } }, 'kitten').score, 4 / 7);
    assert.equal(scoredOf({ levenshtein: { value: '', min: 1 } }, '').score, 1);
  });
  it('refuses texts that would take minutes', () => {
    assert.equal(scoreOf({ levenshtein: 'x'.repeat(100_000) }, 'y'.repeat(100_000)).status, 'error');
  });
});

// Example of the rouge-score package: P = 6/8, R = 6/9 for ROUGE-1; LCS of 5 words for ROUGE-L.
const FOX = ['The quick brown fox jumps over the lazy dog', 'The quick brown dog jumps on the log'] as const;

describe('rouge-n', () => {
  it('agrees with the rouge-score package', () => {
    assertClose(scoredOf({ 'rouge-n': FOX[1] }, FOX[0]).score, 12 / 17);
    assertClose(scoredOf({ 'rouge-n': { value: FOX[1], n: 2 } }, FOX[0]).score, 4 / 15);
  });
  it('splits punctuation and contractions off as the Penn Treebank does', () => {
    assertClose(scoredOf({ 'rouge-n': "do n't go ." }, "Don't go.").score, 1);
    assertClose(
      scoredOf({ 'rouge-n': 'I can not say : yes , 1,000 !' }, 'I cannot say: yes, 1,000!').score,
      1,
    );
  });
  it('is 1 for equal texts with repeated words, and takes the best of several references', () => {
    assertClose(scoredOf({ 'rouge-n': 'the cat the cat' }, 'The cat the cat').score, 1);
    assertClose(scoredOf({ 'rouge-n': { value: ['x', 'a b'] } }, 'a b').score, 1);
  });
});

describe('tokens of words', () => {
  it('are the same for ROUGE-1 and ROUGE-L, which never exceeds it', () => {
    const rouge = (type: string, output: string, value: string) =>
      scoredOf({ [type]: { value, min: 0 } }, output).score;
    assertClose(rouge('rouge-n', 'Hello, world!', 'Hello world'), 4 / 6);
    assertClose(rouge('rouge-l', 'Hello, world!', 'Hello world'), 4 / 6);
    const text = fc
      .array(
        fc.constantFrom('Hello', 'world', ',', '!', "don't", 'cannot', '1,000', '"a"', '(b)', '天気', ' '),
      )
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(text, text, (output, value) => {
        assert.ok(
          rouge('rouge-l', output, value) <= rouge('rouge-n', output, value) + 1e-9,
          `${output} | ${value}`,
        );
      }),
    );
  });

  it('have no article in the middle of a word of any script', () => {
    for (const [output, value, f1] of [
      ['mía', 'mí', 0],
      ['la mía', 'la mí', 0.5],
      ['é a b', 'é b', 1],
      ['The mía', 'mía', 1],
      ['naïve thé', 'naïve', 2 / 3],
      ['a_b', '_b', 0],
    ] as const)
      assertClose(scoredOf({ 'token-f1': value }, output).score, f1);
  });

  it('do not come from white space at the ends', () => {
    for (const [output, value] of [
      ['Paris\n', 'Paris'],
      ['Paris', ' Paris'],
      ['\n Paris \n', 'Paris'],
    ] as const) {
      const score = scoredOf({ meteor: value }, output);
      assertClose(score.score, 0.5);
      assert.equal(score.pass, true);
    }
    assertClose(scoredOf({ meteor: 'Paris' }, ' \n').score, 0);
  });
});

describe('rouge-l', () => {
  it('agrees with the rouge-score package', () =>
    assertClose(scoredOf({ 'rouge-l': FOX[1] }, FOX[0]).score, 10 / 17));
  it('splits scripts without spaces', () => {
    const score = scoredOf({ 'rouge-l': '今日は良い天気です' }, '今日は悪い天気です').score;
    assert.ok(score > 0.5 && score < 1, String(score));
  });
});

describe('bleu', () => {
  // NLTK's sentence_bleu documentation: 0.5045.
  const candidate =
    'It is a guide to action which ensures that the military always obeys the commands of the party';
  const references = [
    'It is a guide to action that ensures that the military will forever heed Party commands',
    'It is the guiding principle which guarantees the military forces always being under the command of the Party',
    'It is the practical guide for the army always to heed the directions of the party',
  ];
  it('agrees with NLTK', () => {
    assertClose(scoredOf({ bleu: references }, candidate).score, 0.5045666840058485);
  });
  it('clips repeated words (Papineni’s "the the the")', () => {
    const score = scoredOf(
      { bleu: ['the cat is on the mat', 'there is a cat on the mat'] },
      'the '.repeat(7),
    ).score;
    assertClose(score, 4.111336169005192e-6);
  });
  it('clips by the reference that has an n-gram most often, not by one reference for all', () => {
    assertClose(
      scoredOf({ bleu: ['a a x y', 'b b x y'] }, 'a a b b').score,
      (1 * (2 / 3) * 1e-7 * 1e-7) ** 0.25,
    );
  });
  it('penalises brevity by exp(1 - r/c)', () => {
    assertClose(scoredOf({ bleu: 'the cat is on the mat' }, 'the cat').score, Math.exp(1 - 6 / 2));
  });
  it('can be 1 for three words', () => assertClose(scoredOf({ bleu: 'a b c' }, 'A b c').score, 1));
});

describe('token-f1', () => {
  it('agrees with the SQuAD script', () => {
    const text = 'The Norman dynasty, in the 10th century';
    assertClose(scoredOf({ 'token-f1': 'in the 10th and 11th centuries' }, text).score, 0.4);
    assertClose(scoredOf({ 'token-f1': 'Norman dynasty in 10th century!' }, text).score, 1);
    assertClose(scoredOf({ 'token-f1': 'the' }, 'a').score, 1);
    assertClose(scoredOf({ 'token-f1': 'the' }, 'cat').score, 0);
  });
});

describe('gleu', () => {
  it('is the smaller of precision and recall over all runs of one to four words', () => {
    // 2 words and 1 pair in common; the output has 2 + 1 runs, the reference 6 + 5 + 4 + 3.
    assertClose(scoredOf({ gleu: 'the cat sat on the mat' }, 'The cat.').score, 3 / 18);
    assertClose(scoredOf({ gleu: 'the cat' }, 'the cat sat on the mat').score, 3 / 18);
    // Clipped: "the" counts twice, of 4 + 3 + 2 + 1 and 18 runs.
    assertClose(scoredOf({ gleu: 'the cat sat on the mat' }, 'the the the the').score, 2 / 18);
  });
  it('takes the best reference, and 0.5 by default', () => {
    const score = scoredOf({ gleu: ['a dog barks', 'the cat sat'] }, 'the cat sat');
    assert.deepEqual([score.score, score.pass], [1, true]);
    assert.equal(passes({ type: 'gleu', value: 'the cat sat', threshold: 0.1 }, 'the dog sat'), true);
    assert.equal(passes({ gleu: 'the cat sat' }, 'the dog sat'), false);
    assert.equal(passes({ type: 'not-gleu', value: 'the cat sat' }, 'the dog sat'), true);
  });
});

describe('meteor', () => {
  it('agrees with NLTK on its example', () => {
    const reference =
      'It is a guide to action that ensures that the military will forever heed Party commands';
    const output =
      'It is a guide to action which ensures that the military always obeys the commands of the party';
    assert.equal(scoredOf({ meteor: reference }, output).score.toFixed(4), '0.6944');
  });
  it('counts stems, and takes off for another order', () => {
    // Four of four words in one run: 1 − 0.5 · (1/4)³.
    assertClose(scoredOf({ meteor: 'the cats are sitting' }, 'the cat are sits').score, 1 - 0.5 / 64);
    // In two runs: 1 − 0.5 · (2/4)³.
    assertClose(scoredOf({ meteor: 'a b c d' }, 'c d a b').score, 1 - 0.5 / 8);
    assert.equal(scoredOf({ meteor: 'a b c d' }, 'w x y z').score, 0);
  });
  it("takes weights, in promptfoo's form beside the type", () => {
    // Precision 1, recall 1/2: P·R / (α·P + (1 − α)·R), without penalty.
    const value = 'a b';
    assertClose(scoredOf({ meteor: { value, alpha: 0.5, gamma: 0 } }, 'a').score, 0.5 / 0.75);
    assertClose(scoredOf({ type: 'meteor', value, alpha: 1, gamma: 0 }, 'a').score, 0.5);
    assert.throws(() => scoredOf({ type: 'meteor', value, alpha: 2 }, 'a'), /"alpha" must be at most 1/);
  });
});

describe('every lexical evaluator', () => {
  for (const type of LEXICAL) {
    it(`${type} does not apply without a reference`, () =>
      assert.equal(scoreOf(type, 'x').status, 'skipped'));
    it(`${type} scores an empty output against text as a failure`, () => {
      assert.equal(passes(type, '', answer('some longer reference text')), false);
    });
    it(`${type} stays within 0 and 1 and is 1 for equal texts`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ maxLength: 60 }), (a, b) => {
          const score = scoredOf(type, a, answer(b)).score;
          assert.ok(score >= 0 && score <= 1 + 1e-12, String(score));
          if (!/[\p{L}\p{N}]/u.test(a)) return;
          assert.ok(scoredOf(type, `${a} x`, answer(`${a} x`)).pass, a);
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe('hostile texts', () => {
  const texts = [
    'y'.repeat(300_000),
    'ay '.repeat(100_000),
    "'".repeat(200_000),
    '今'.repeat(50_000),
    '\u0301'.repeat(100_000),
  ];
  for (const type of [
    'concepts',
    'rouge-n',
    'bleu',
    'token-f1',
    'forbidden-concepts',
    'is-refusal',
    'length',
    'secrets',
  ]) {
    it(`are measured by ${type} in bounded time`, () => {
      const entry = type === 'length' ? { length: { max: 5, unit: 'sentences' } } : type;
      const golden = {
        expected_output: {
          answer: 'a reference',
          expected_concepts: ['refund'],
          forbidden_concepts: ['refund'],
        },
      };
      for (const text of texts) assert.equal(scoreOf(entry, text, golden).status, 'scored');
    });
  }
});
