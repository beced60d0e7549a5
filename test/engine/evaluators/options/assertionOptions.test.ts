import assert from 'node:assert/strict';
import { z } from 'zod';
import { ConfigError } from '../../../../src/engine/errors.ts';
import { OptionError, optionKeys } from '../../../../src/engine/evaluators/options/optionCheck.ts';
import { evaluatorTypes } from '../../../../src/engine/evaluators/registry.ts';
import { parseAssertion, parseSuiteEvaluator } from '../../../../src/engine/evaluators/specs/specs.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/engine/model/json.ts';
import { evaluatorOf, PLACE, passes } from '../evaluating.ts';

/** Values that a type takes for an option, where its JSON Schema alone does not say enough. */
const SAMPLES: { [option: string]: JsonValue } = {
  'is-sql.value': { databaseType: 'mysql' },
  'regex.pattern': 'a+',
  'regex.flags': 'i',
  'trajectory:tool-sequence.steps': ['search', 'refund'],
  'choice-judge.choices': [
    { choice: 'good', score: 1 },
    { choice: 'bad', score: 0 },
  ],
};

/** What promptfoo wants in an assertion of a type, though the type has a default for it. */
const WANTED: { [type: string]: readonly string[] } = { 'context-recall': ['expected'] };

/** A value of the first form that a JSON Schema allows. */
function sampleOf(schema: JsonObject): JsonValue {
  const branch = [schema['anyOf'], schema['oneOf']].find(Array.isArray)?.[0];
  if (isJsonObject(branch)) return sampleOf(branch);
  if (Array.isArray(schema['enum'])) return schema['enum'].at(-1) ?? null;
  switch (schema['type']) {
    case 'string':
      return 'abc';
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.min(Number(schema['maximum'] ?? 2), Math.max(Number(schema['minimum'] ?? 0), 1));
    case 'array':
      return [isJsonObject(schema['items']) ? sampleOf(schema['items']) : 'abc'];
    case 'object': {
      const { properties, required } = schema;
      const keys = Array.isArray(required) ? required.map(String) : [];
      const known = isJsonObject(properties) ? properties : {};
      return Object.fromEntries(
        keys.map((key) => [key, isJsonObject(known[key]) ? sampleOf(known[key]) : 'abc']),
      );
    }
    default:
      return 'abc';
  }
}

describe('options of an assertion', () => {
  for (const [type, definition] of evaluatorTypes()) {
    if (type === 'assert-set') continue;
    const schema = z.toJSONSchema(definition.options, { io: 'input', unrepresentable: 'any' }) as JsonObject;
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
    const sample = (key: string): JsonValue =>
      SAMPLES[`${type}.${key}`] ?? sampleOf(isJsonObject(properties[key]) ? properties[key] : {});
    const required = [
      ...(Array.isArray(schema['required']) ? schema['required'].map(String) : []),
      ...(WANTED[type] ?? []),
    ];
    const least = Object.fromEntries(required.map((key) => [key, sample(key)]));

    describe(type, () => {
      for (const key of optionKeys(definition)) {
        const written = { ...least, [key]: sample(key) };
        const suite = () => parseSuiteEvaluator({ [type]: written }, PLACE).options;
        const isOwnConfig = optionKeys(definition).includes('config');

        // `type` of an assertion is the evaluator's own, and `config` of a script its own.
        if (key !== 'type') {
          it(`takes ${key} beside the type`, () => {
            assert.deepEqual(meant(parseAssertion({ type, ...written }, PLACE).options), meant(suite()));
          });
        }
        if (!isOwnConfig) {
          it(`takes ${key} in config`, () => {
            assert.deepEqual(meant(parseAssertion({ type, config: written }, PLACE).options), meant(suite()));
          });
        }
      }

      it('refuses a key that nobody reads, in every place', () => {
        const places: JsonObject[] = [{ type, ...least, nonsense: 1 }, { [type]: { ...least, nonsense: 1 } }];
        if (!optionKeys(definition).includes('config'))
          places.push({ type, ...least, config: { nonsense: 1 } });
        for (const entry of places) {
          assert.throws(
            () => parseSuiteEvaluator(entry, PLACE),
            (error) =>
              error instanceof ConfigError &&
              error.where === PLACE &&
              /no option "nonsense"/.test(error.message),
            JSON.stringify(entry),
          );
        }
      });
    });

    /** Options without what a type adds to every assertion, as promptfoo does it. */
    function meant({ clamp: _clamp, loose: _loose, ...options }: JsonObject): JsonObject {
      return options;
    }
  }

  it('holds in every place', () => {
    for (const entry of [
      { type: 'levenshtein', value: 'sitting', min: 0.9 },
      { type: 'levenshtein', value: 'sitting', config: { min: 0.9 } },
      { levenshtein: { value: 'sitting', min: 0.9 } },
    ])
      assert.equal(passes(entry, 'kitten'), false, JSON.stringify(entry));
    for (const entry of [
      { type: 'pii', allow: ['a@b.example'] },
      { type: 'pii', config: { allow: ['a@b.example'] } },
    ])
      assert.equal(passes(entry, 'Write to a@b.example.'), true, JSON.stringify(entry));
    for (const entry of [
      { type: 'word-count', min: 5 },
      { type: 'word-count', config: { min: 5 } },
      { type: 'word-count', value: { min: 5 } },
    ])
      assert.equal(passes(entry, 'two words'), false, JSON.stringify(entry));
    assert.equal(passes({ type: 'length', max: 3 }, 'four'), false);
    assert.equal(passes({ type: 'latency', max_ms: 5 }, { text: 'a', latencyMs: 6 }), false);
    assert.equal(passes({ type: 'is-json', config: { schema: { type: 'array' } } }, '{}'), false);
  });

  it('keeps the meaning of promptfoo’s own keys', () => {
    const optionsOf = (assertion: JsonObject) => parseAssertion(assertion, PLACE).options;
    assert.deepEqual(optionsOf({ type: 'rouge-n', value: 'x', threshold: 0.5 }), { value: 'x', min: 0.5 });
    assert.deepEqual(optionsOf({ type: 'levenshtein', value: 'x', threshold: 3 }), { value: 'x', max: 3 });
    assert.deepEqual(optionsOf({ type: 'latency', threshold: 9 }), { max_ms: 9 });
    assert.deepEqual(optionsOf({ type: 'llm-rubric', value: 'x', provider: { id: 'openai:gpt-5-mini' } }), {
      criteria: 'x',
      model: 'openai:gpt-5-mini',
    });
    assert.deepEqual(
      optionsOf({ type: 'contains', value: 'x', threshold: 0.5, provider: 'p', rubricPrompt: 'r' }),
      {
        value: 'x',
      },
    );
    assert.deepEqual(optionsOf({ type: 'javascript', value: '1', config: { a: 1 } }), {
      code: '1',
      config: { a: 1 },
      clamp: true,
    });
    assert.deepEqual(optionsOf({ type: 'trajectory:step-count', value: { type: 'tool', max: 2 } }), {
      type: 'tool',
      max: 2,
    });
  });

  it('leaves a name to the type that has an option of that name', () => {
    const spec = parseAssertion({ type: 'trajectory:tool-used', name: 'refund', metric: 'm' }, PLACE);
    assert.deepEqual([spec.name, spec.options], ['trajectory:tool-used', { name: 'refund' }]);
    assert.equal(parseAssertion({ type: 'contains', value: 'x', name: 'polite' }, PLACE).name, 'polite');
  });

  it('is said once: twice the same is one, two different ones are refused', () => {
    const both = { type: 'token-f1', value: 'x', min: 0.4, config: { min: 0.4 } };
    assert.deepEqual(parseAssertion(both, PLACE).options, { value: 'x', min: 0.4 });
    for (const [assertion, at] of [
      [{ ...both, config: { min: 0.5 } }, ['config', 'min']],
      [{ type: 'token-f1', value: 'x', threshold: 0.4, min: 0.5 }, ['min']],
      [{ type: 'contains', value: 'x', config: { value: 'y' } }, ['config', 'value']],
      [{ type: 'rubric', value: 'x', criteria: 'y' }, ['criteria']],
      [{ type: 'rubric', value: 'x', provider: 'a/b', model: 'c/d' }, ['model']],
      [{ type: 'trajectory:tool-used', value: { name: 'a' }, name: 'b' }, ['name']],
    ] as [JsonObject, string[]][]) {
      assert.throws(
        () => parseAssertion(assertion, PLACE),
        (error) => {
          assert(error instanceof OptionError, String(error));
          assert.match(error.message, /is set twice/);
          assert.deepEqual(error.at, at);
          return true;
        },
      );
    }
  });

  it('is told from a slip, with what was meant and where it stands', () => {
    for (const [assertion, message, at] of [
      [
        { type: 'contains', value: 'abc', thresold: 2 },
        /contains has no option "thresold"; did you mean "threshold"/,
        ['thresold'],
      ],
      [{ type: 'contains', value: 'abc', min: 2 }, /contains has no option "min"/, ['min']],
      [{ type: 'not-contains', valeu: 'abc' }, /"valeu"; did you mean "value"/, ['valeu']],
      [
        { type: 'llm-rubric', value: 'x', modle: 'a/b' },
        /rubric has no option "modle"; did you mean "model"/,
        ['modle'],
      ],
      [
        { type: 'pii', config: { alow: [] } },
        /pii has no option "alow"; did you mean "allow"/,
        ['config', 'alow'],
      ],
      [
        {
          type: 'assert-set',
          assert: [
            { type: 'contains', value: 'a' },
            { type: 'contains', value: 'a', x: 1 },
          ],
        },
        /contains has no option "x"/,
        ['assert', 1, 'x'],
      ],
      [
        { type: 'assert-set', assert: [{ type: 'contains', value: 'a' }], treshold: 1 },
        /did you mean "threshold"/,
        ['treshold'],
      ],
    ] as [JsonObject, RegExp, (string | number)[]][]) {
      assert.throws(
        () => parseAssertion(assertion, PLACE),
        (error) => {
          assert(error instanceof OptionError, String(error));
          assert.match(error.message, message);
          assert.match(error.remedy ?? '', /takes/);
          assert.deepEqual([error.at, error.where], [at, PLACE]);
          return true;
        },
      );
    }
  });

  it('works for a set in the short form, too', () => {
    const entry = { 'assert-set': { assert: [{ type: 'contains', value: 'a' }], threshold: 0.5 } };
    assert.equal(passes(entry, 'abc'), true);
    assert.equal(evaluatorOf(entry).spec.type, 'assert-set');
    assert.throws(
      () => parseSuiteEvaluator({ 'assert-set': { ...entry['assert-set'], x: 1 } }, PLACE),
      /no option "x"/,
    );
  });
});
