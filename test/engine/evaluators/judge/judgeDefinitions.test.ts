import assert from 'node:assert/strict';
import { judgeDefinitions } from '../../../../src/engine/evaluators/judge/judgeDefinitions.ts';
import type { JsonObject, JsonValue } from '../../../../src/engine/model/json.ts';

const CHOICES = [
  { choice: 'Y', score: 1 },
  { choice: 2, score: 0 },
];

interface Row {
  type: string;
  /** The option that a bare value means. */
  shorthand?: string;
  /** What it must be told. */
  least: JsonObject;
  /** What holds where nothing is said. */
  defaults?: JsonObject;
  /** Texts that may be left out, but not be empty. */
  texts: readonly string[];
  /** Options that are a text or a list of texts. */
  lists?: readonly string[];
  more?: { embeds?: 'only' | 'also'; asks?: number; negates?: true };
  /** The options that promptfoo's `value` and `threshold` become. */
  asserted: readonly string[];
}

const THRESHOLD = { threshold: 0.5 };
const SIMILAR = { least: {}, defaults: { threshold: 0.75 }, texts: ['model'], shorthand: 'value' } as const;
const EMBEDS = { more: { embeds: 'only', negates: true }, asserted: ['value', 'threshold'] } as const;
const GRADED = {
  shorthand: 'criteria',
  least: { criteria: 'x' },
  asserted: ['criteria', 'threshold'],
} as const;

const ROWS: readonly Row[] = [
  { type: 'rubric', ...GRADED, texts: ['criteria', 'model', 'rubricPrompt'] },
  { type: 'closed-qa', ...GRADED, texts: ['criteria', 'model', 'rubricPrompt'], asserted: ['criteria'] },
  {
    type: 'factuality',
    shorthand: 'expected',
    least: {},
    defaults: { scores: { subset: 1, superset: 1, agree: 1, disagree: 0, differButFactual: 1 } },
    texts: ['expected', 'model', 'rubricPrompt'],
    asserted: ['expected', 'threshold'],
  },
  { type: 'g-eval', ...GRADED, texts: ['criteria', 'model'], lists: ['criteria'] },
  {
    type: 'pairwise',
    ...GRADED,
    least: {},
    defaults: { criteria: 'Which answer is more correct, complete and helpful?' },
    texts: ['criteria', 'against', 'model'],
  },
  { type: 'select-best', ...GRADED, texts: ['criteria', 'model'] },
  {
    type: 'choice-judge',
    least: { prompt: 'x', choices: CHOICES },
    texts: ['prompt', 'system', 'model'],
    asserted: [],
  },
  {
    type: 'context-faithfulness',
    shorthand: 'context',
    least: {},
    defaults: THRESHOLD,
    texts: ['query', 'context', 'contextTransform', 'model'],
    lists: ['context'],
    more: { asks: 2 },
    asserted: ['threshold'],
  },
  {
    type: 'context-recall',
    shorthand: 'expected',
    least: {},
    defaults: THRESHOLD,
    texts: ['expected', 'context', 'contextTransform', 'model', 'rubricPrompt'],
    lists: ['context'],
    asserted: ['expected', 'threshold'],
  },
  {
    type: 'context-relevance',
    shorthand: 'context',
    least: {},
    defaults: THRESHOLD,
    texts: ['query', 'context', 'contextTransform', 'model', 'rubricPrompt'],
    lists: ['context'],
    asserted: ['threshold'],
  },
  {
    type: 'answer-relevance',
    shorthand: 'query',
    least: {},
    defaults: THRESHOLD,
    texts: ['query', 'model', 'embeddings', 'rubricPrompt'],
    more: { embeds: 'also', asks: 3 },
    asserted: ['threshold'],
  },
  {
    type: 'conversation-relevance',
    least: {},
    defaults: { windowSize: 5, ...THRESHOLD },
    texts: ['model', 'rubricPrompt'],
    asserted: ['threshold'],
  },
  {
    type: 'trajectory:goal-success',
    shorthand: 'goal',
    least: { goal: 'x' },
    texts: ['goal', 'model', 'rubricPrompt'],
    asserted: ['goal', 'threshold'],
  },
  { type: 'similar', ...SIMILAR, ...EMBEDS },
  { type: 'similar:cosine', ...SIMILAR, ...EMBEDS },
  { type: 'similar:dot', ...SIMILAR, ...EMBEDS },
  { type: 'similar:euclidean', ...SIMILAR, ...EMBEDS },
];

const definitionOf = (type: string) => judgeDefinitions.find((one) => one.type === type);

describe('the definitions of judges', () => {
  it('are these, in this order', () => {
    assert.deepEqual(
      judgeDefinitions.map(({ type }) => type),
      ROWS.map(({ type }) => type),
    );
  });

  for (const { type, shorthand, least, defaults = {}, texts, lists = [], more = {}, asserted } of ROWS) {
    const parse = (options: JsonObject) => definitionOf(type)?.options.safeParse(options);
    const takes = (key: string, value: JsonValue) => parse({ ...least, [key]: value })?.success;

    describe(type, () => {
      it('is a judge, and says what it needs', () => {
        const { stage, embeds, asks, negates, shorthand: bare } = definitionOf(type) ?? {};
        assert.deepEqual({ stage, bare }, { stage: 'judge', bare: shorthand });
        assert.deepEqual(
          { embeds, asks, negates },
          { embeds: more.embeds, asks: more.asks, negates: more.negates },
        );
      });

      it('has these defaults, and no other option', () => {
        assert.deepEqual(parse(least)?.data, { ...defaults, ...least });
        assert.equal(takes('nonsense', 'x'), false);
        for (const key of Object.keys(least)) {
          const { [key]: _, ...rest } = least;
          assert.equal(parse(rest)?.success, false, key);
        }
      });

      it('takes no empty text', () => {
        for (const key of texts) {
          assert.equal(takes(key, ''), false, key);
          assert.equal(takes(key, 'x'), true, key);
        }
        for (const key of lists) {
          for (const list of [[], [''], ['x', '']]) assert.equal(takes(key, list), false, key);
          assert.equal(takes(key, ['x']), true, key);
        }
        for (const prompt of [[], [{ role: 'judge', content: 'x' }], [{ role: 'user' }]])
          if (texts.includes('rubricPrompt')) assert.equal(takes('rubricPrompt', prompt), false);
        for (const role of ['system', 'user', 'assistant'])
          if (texts.includes('rubricPrompt'))
            assert.equal(takes('rubricPrompt', [{ role, content: 'x' }]), true, role);
      });

      it('reads an assertion of promptfoo', () => {
        const parts = { value: 'v', threshold: 0.25, provider: { id: 'openai:chat:m' }, rubricPrompt: 'p' };
        const options = definitionOf(type)?.fromAssertion?.(parts) ?? {};
        const values: JsonObject = { value: 'v', criteria: 'v', expected: 'v', goal: 'v', threshold: 0.25 };
        const known = Object.fromEntries(Object.entries(options).filter(([key]) => key in values));
        assert.deepEqual(known, Object.fromEntries(asserted.map((key) => [key, values[key]])));
        if (asserted.length > 0) assert.equal(options['model'], 'openai:chat:m');
      });

      it('has thresholds that a score can reach', () => {
        if (type === 'closed-qa') return assert.equal(takes('threshold', 0.5), false);
        for (const share of [0, 0.5, 1]) assert.equal(takes('threshold', share), true, `${share}`);
        assert.equal(takes('threshold', -0.01), false);
        // A distance and a dot product may be larger.
        assert.equal(takes('threshold', 1.01), type.startsWith('similar'));
      });
    });
  }

  it('compare outputs only where there is another target to compare with', () => {
    const compares = (type: string, options: JsonObject) => {
      const definition = definitionOf(type);
      return definition?.compares?.(definition.options.parse(options));
    };
    assert.equal(compares('pairwise', {}), true);
    assert.equal(compares('pairwise', { against: 'old' }), true);
    assert.equal(compares('pairwise', { against: 'expected' }), false);
    assert.equal(compares('select-best', { criteria: 'x' }), true);
    assert.equal(compares('rubric', { criteria: 'x' }), undefined);
  });

  it('have shares of a full score, at least two choices, and whole exchanges', () => {
    const takes = (type: string, options: JsonObject) =>
      definitionOf(type)?.options.safeParse(options).success;
    for (const key of ['subset', 'superset', 'agree', 'disagree', 'differButFactual']) {
      for (const [value, fine] of [
        [0, true],
        [1, true],
        [-0.01, false],
        [1.01, false],
      ] as const)
        assert.equal(takes('factuality', { scores: { [key]: value } }), fine, `${key} ${value}`);
    }
    assert.equal(takes('factuality', { scores: { other: 1 } }), false);
    assert.equal(takes('trajectory:goal-success', { goal: ' ' }), false);
    for (const choice of [
      { choice: ' ', score: 1 },
      { choice: 'x', score: 1.01 },
      { choice: 'x', score: -0.01 },
      { choice: 'x', score: 1, other: 1 },
      { choice: 'x' },
    ])
      assert.equal(takes('choice-judge', { prompt: 'x', choices: [...CHOICES, choice] }), false);
    assert.equal(takes('choice-judge', { prompt: 'x', choices: CHOICES.slice(1) }), false);
    for (const size of [0, 1.5]) assert.equal(takes('conversation-relevance', { windowSize: size }), false);
    assert.equal(takes('conversation-relevance', { windowSize: 1 }), true);
    for (const prompt of [{ steps: '' }, { evaluate: '' }, { other: 'x' }])
      assert.equal(takes('g-eval', { criteria: 'x', rubricPrompt: prompt }), false);
    for (const prompt of [{ statements: '' }, { verdicts: '' }, { other: 'x' }])
      assert.equal(takes('context-faithfulness', { rubricPrompt: prompt }), false);
    assert.equal(takes('context-faithfulness', { rubricPrompt: { statements: 'x', verdicts: 'x' } }), true);
    assert.equal(takes('g-eval', { criteria: 'x', rubricPrompt: { steps: 'x', evaluate: 'x' } }), true);
  });
});
