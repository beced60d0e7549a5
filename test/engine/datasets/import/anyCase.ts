import fc from 'fast-check';
import { FORBIDDEN_KEYS } from '../../../../src/engine/files/limits.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';

/** Objects as JSON.parse makes them. */
const PLAIN = { noNullPrototype: true };

/** Texts that have a meaning in YAML, JSON or a template language, beside any others. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '',
    ' x ',
    'yes',
    '1.0',
    '2026-01-01',
    '~',
    '- a',
    'a: b',
    '# c',
    '{{ x }}',
    '{% if %}',
    '{# c #}',
  ),
  fc.constantFrom(
    'line\nline\n',
    '\n',
    'a\n\n  b \n',
    '\t',
    '"',
    "'",
    '*a',
    '&a',
    '!t',
    '| x',
    'é \u2028 \u0085 😀',
  ),
);
const key = fc
  .oneof(fc.stringMatching(/^[a-z_]{1,8}$/), fc.constantFrom('a.b', 'a b', '1', 'null', '<<', 'é'))
  .filter((name) => !FORBIDDEN_KEYS.has(name));
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(0.5, -1.25, 1e-7),
);
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(key, tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any;
const map = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });
const phrase = text.filter((phraseText) => phraseText !== '');

const optional = {
  description: text,
  expected_output: fc.record(
    {
      answer: text,
      expected_concepts: fc.array(phrase, { maxLength: 3 }),
      forbidden_concepts: fc.array(phrase, { maxLength: 3 }),
      json_schema: fc.constant({ type: 'object', required: ['a'] }),
      tool_calls: fc.array(fc.record({ name: phrase, arguments: map }, PLAIN), { maxLength: 2 }),
      of_my_own: value,
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
  complexity: fc.constantFrom('simple' as const, 'medium' as const, 'complex' as const),
  evaluation_criteria: fc.record(
    {
      min_relevance: fc.constantFrom(0, 0.5, 1),
      max_latency_ms: fc.constantFrom(1, 250.5),
      max_cost_usd: fc.constantFrom(0, 0.01),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
  assert: fc.array(fc.record({ type: fc.constantFrom('equals', 'not-contains'), value: text }, PLAIN), {
    maxLength: 2,
  }),
  threshold: fc.constantFrom(0, 0.5, 1),
  cluster: phrase,
  tags: fc.array(phrase, { maxLength: 2 }),
  metadata: fc.dictionary(fc.stringMatching(/^[a-f]{1,4}$/), value, {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  }),
  of_my_own: value,
};

const message = fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content: text }, PLAIN);

/** Cases of the current schema, with all of its fields and unknown ones. Ids repeat only by chance. */
export const anyCase: fc.Arbitrary<GoldenCase> = fc.oneof(
  fc.record(
    { id: fc.uuid(), input: fc.oneof(text, map), ...optional },
    { requiredKeys: ['id', 'input'], noNullPrototype: true },
  ),
  fc.record(
    { id: fc.uuid(), messages: fc.array(message, { minLength: 1, maxLength: 3 }), input: text, ...optional },
    { requiredKeys: ['id', 'messages'], noNullPrototype: true },
  ),
) as unknown as fc.Arbitrary<GoldenCase>;

export const anyCases = fc.uniqueArray(anyCase, { minLength: 1, maxLength: 5, selector: ({ id }) => id });
