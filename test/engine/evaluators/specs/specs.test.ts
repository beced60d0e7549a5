import assert from 'node:assert/strict';
import { z } from 'zod';
import { ConfigError } from '../../../../src/engine/errors.ts';
import { createEvaluators, evaluatorTypes } from '../../../../src/engine/evaluators/registry.ts';
import { uniqueNames } from '../../../../src/engine/evaluators/specs/names.ts';
import { parseSuiteEvaluator } from '../../../../src/engine/evaluators/specs/specs.ts';
import { UnsupportedEvaluatorError } from '../../../../src/engine/evaluators/specs/unsupported.ts';
import { isJsonObject, type JsonObject } from '../../../../src/engine/model/json.ts';
import { depsWith, PLACE, passes, specOf } from '../evaluating.ts';

const parse = (value: Parameters<typeof parseSuiteEvaluator>[0]) => parseSuiteEvaluator(value, PLACE);
const fails = (value: Parameters<typeof parseSuiteEvaluator>[0], message: RegExp, remedy = /./) =>
  assert.throws(
    () => parse(value),
    (error) => {
      assert.ok(error instanceof ConfigError, String(error));
      assert.match(error.message, message);
      assert.match(error.remedy ?? '-', remedy);
      assert.deepEqual(error.where, PLACE);
      return true;
    },
  );

describe('parseSuiteEvaluator', () => {
  it('reads a type, a type with a value, and a type with options', () => {
    assert.deepEqual(parse('is-json'), {
      type: 'is-json',
      name: 'is-json',
      negated: false,
      options: {},
      weight: 1,
      location: PLACE,
    });
    assert.deepEqual(parse({ contains: 'refund' }).options, { value: 'refund' });
    assert.deepEqual(parse({ concepts: { min: 0.7 } }).options, { min: 0.7 });
    assert.deepEqual(parse({ 'is-json': null }).options, {});
  });
  it('takes weight, metric, name and not beside the type or among its options', () => {
    const beside = parse({ contains: 'a', weight: 2, metric: 'tone', name: 'polite', not: true });
    const within = parse({ contains: { value: 'a', weight: 2, metric: 'tone', name: 'polite', not: true } });
    assert.deepEqual(beside, within);
    assert.deepEqual(
      [beside.weight, beside.metric, beside.name, beside.negated],
      [2, 'tone', 'polite', true],
    );
  });
  it('leaves a name to the type that has an option of that name', () => {
    const spec = parse({ 'trajectory:tool-used': { name: 'refund' } });
    assert.deepEqual([spec.name, spec.options], ['trajectory:tool-used', { name: 'refund' }]);
  });
  it('turns round with not-, and back again with not', () => {
    assert.deepEqual([parse('not-is-json').negated, parse('not-is-json').name], [true, 'not-is-json']);
    assert.equal(parse({ 'not-contains': { value: 'a', not: true } }).negated, false);
  });
  it('knows other names of a type', () => assert.equal(parse('refusal').type, 'is-refusal'));
  it('names the wrong key, what it should be, and what was meant', () => {
    fails({ 'is-json': { shema: 'a.json' } }, /no option "shema"; did you mean "schema"/, /takes: schema/);
    fails({ concepts: { min: 2 } }, /"min" must be at most 1/, /min, concepts/);
    fails({ contains: ['a'] }, /"value" must be a string or a number/);
    fails('contains', /"value" is missing; it must be a string or a number/);
    fails(
      { type: 'llm-rubric', value: '' },
      /^llm-rubric: "value" must not be empty$/,
      /llm-rubric takes: value, provider/,
    );
    fails({ type: 'levenshtein', value: 3 }, /^levenshtein: "value" must be a string$/);
    fails('containz', /no evaluator "containz"/, /Did you mean contains/);
    fails('xyzzy', /no evaluator "xyzzy"/, /Choose one of: equals, /);
    fails({ 'is-refusal': 'x' }, /takes options, not a bare value/);
  });
  it('refuses what is wrong beside a value in a file, as without one', () => {
    const wrong: [value: JsonObject, message: RegExp][] = [
      [{ contains: { value: 'file://v.txt', ignore_case: true } }, /contains has no option "ignore_case"/],
      [{ pii: { bogus: 'file://v.txt' } }, /pii has no option "bogus"/],
      [{ 'rouge-l': { value: 'file://v.txt', min: 2 } }, /"min"/],
    ];
    for (const [value, message] of wrong) assert.throws(() => parse(value), message);
    assert.deepEqual(parse({ levenshtein: { value: 'file://v.txt', min: 0.5 } }).options, {
      value: 'file://v.txt',
      min: 0.5,
    });
  });

  it('refuses what is no evaluator, and common keys of the wrong kind', () => {
    for (const value of [null, 3, [], {}, { contains: 'a', equals: 'b' }, { weight: 1 }])
      fails(value, /an evaluator must be a type/);
    for (const weight of [-1, '1'])
      assert.throws(() => parse({ contains: 'a', weight }), /"weight" must be a number, 0 or more/);
    assert.throws(() => parse({ contains: 'a', name: '' }), /"name" must be a string/);
    assert.throws(() => parse({ contains: 'a', not: 'yes' }), /"not" must be/);
  });
});

describe('parseAssertion', () => {
  it('reads promptfoo’s form', () => {
    const spec = specOf({ type: 'not-contains', value: 'x', weight: 3, metric: 'm', threshold: 0.5 });
    assert.deepEqual(spec, {
      type: 'contains',
      name: 'not-contains',
      negated: true,
      options: { value: 'x' },
      weight: 3,
      metric: 'm',
      location: PLACE,
    });
    assert.deepEqual(specOf({ type: 'rouge-n', value: 'x', threshold: 0.5 }).options, {
      value: 'x',
      min: 0.5,
    });
    assert.deepEqual(specOf({ type: 'levenshtein', value: 'x', threshold: 3 }).options, {
      value: 'x',
      max: 3,
    });
    assert.deepEqual(specOf({ type: 'latency', threshold: 300 }).options, { max_ms: 300 });
    assert.deepEqual(parse({ type: 'contains', value: 'x' }), specOf({ type: 'contains', value: 'x' }));
  });
  it('says by name what promptfoo has and this program has not', () => {
    for (const type of ['ruby', 'moderation', 'not-perplexity', 'webhook', 'promptfoo:redteam:pii']) {
      assert.throws(
        () => specOf({ type, value: 'x' }),
        (error) => {
          assert.ok(error instanceof UnsupportedEvaluatorError);
          assert.deepEqual(error.where, PLACE);
          return (
            error.message.includes(type.replace('not-', '')) && error.message.endsWith('is not supported')
          );
        },
      );
    }
    assert.throws(
      () => specOf({ type: 'contains', value: 'x', contextTransform: 'output.a' }),
      UnsupportedEvaluatorError,
    );
  });
  it('refuses an assertion without a type, and a threshold that is none', () => {
    assert.throws(() => specOf({ value: 'x' }), /needs a "type"/);
    assert.throws(
      () => specOf({ type: 'bleu', value: 'x', threshold: 'high' }),
      /"threshold" must be a number/,
    );
  });
});

describe('uniqueNames', () => {
  it('numbers repeated names and leaves written ones alone', () => {
    const specs = ['contains', 'contains', 'contains-2', 'contains'].map((name) => ({
      ...parse('is-json'),
      name,
    }));
    assert.deepEqual(
      uniqueNames(specs).map((spec) => spec.name),
      ['contains', 'contains-3', 'contains-2', 'contains-4'],
    );
    assert.deepEqual(uniqueNames(uniqueNames(specs)), uniqueNames(specs));
  });
});

describe('evaluatorTypes', () => {
  for (const [type, definition] of evaluatorTypes()) {
    it(`documents ${type} and each of its options`, () => {
      assert.match(definition.summary, /^[A-Z].*\.$/);
      const schema = z.toJSONSchema(definition.options, { io: 'input' });
      const properties = Object.entries(schema.properties ?? {});
      for (const [key, option] of properties)
        assert.ok(isJsonObject(option) && option['description'], `${type}.${key}`);
      if (definition.shorthand)
        assert.ok(
          properties.some(([key]) => key === definition.shorthand),
          'the shorthand is an option',
        );
    });
  }
  it('knows each type once', () => {
    assert.ok(evaluatorTypes().size >= 36);
    for (const [type, definition] of evaluatorTypes()) assert.equal(definition.type, type);
  });
});

describe('createEvaluators', () => {
  it('makes names unique and keeps the order', () => {
    const specs = [parse({ contains: 'a' }), parse({ concepts: 0.5 }), parse({ contains: 'b' })];
    const evaluators = createEvaluators(specs, depsWith());
    assert.deepEqual(
      evaluators.map(({ spec, stage }) => [spec.name, stage]),
      [
        ['contains', 'heuristic'],
        ['concepts', 'lexical'],
        ['contains-2', 'heuristic'],
      ],
    );
  });
  it('know which of them pass by a threshold of their own', () => {
    const own = [
      { 'token-f1': 'a' },
      { concepts: 0.5 },
      { 'tool-call-f1': ['a'] },
      { length: { min: 3 } },
    ].map((entry) => createEvaluators([parse(entry)], depsWith())[0]?.ownThreshold);
    assert.deepEqual(own, [true, true, true, true]);
    const set = specOf({ type: 'assert-set', assert: [{ type: 'contains', value: 'a' }] });
    assert.equal(createEvaluators([set], depsWith())[0]?.ownThreshold, true);
    assert.equal(createEvaluators([parse({ contains: 'a' })], depsWith())[0]?.ownThreshold, undefined);
  });
  it('reads values from files: data from JSON and YAML, else the text', () => {
    const deps = depsWith({}, { 'a.json': '["x","y"]', 'b.txt': ' refund \n', 'c.yaml': 'a: [' });
    const create = (value: string | string[], type = 'contains') =>
      createEvaluators([specOf({ type, value })], deps);
    assert.equal(create('file://b.txt').length, 1);
    assert.equal(create('file://a.json', 'contains-any').length, 1);
    assert.throws(() => create('file://a.json'), ConfigError, 'a list is no text');
    assert.throws(() => create('file://c.yaml'), ConfigError);
    assert.throws(() => create('file://check.py'), UnsupportedEvaluatorError);
    assert.throws(() => create('file://check.js:name'), UnsupportedEvaluatorError);
  });
  it('turns asynchronous evaluators round too', async () => {
    assert.equal(passes({ 'not-regex': 'b+' }, 'aaa'), true);
    const [evaluator] = createEvaluators([parse({ 'not-regex': '(b)\\1' })], depsWith());
    const { inputWith } = await import('../evaluating.ts');
    const { noSpan } = await import('../../../../src/engine/ports.ts');
    const score = await evaluator?.evaluate(inputWith('abba'), {
      signal: new AbortController().signal,
      span: noSpan,
    });
    assert.ok(score?.status === 'scored' && !score.pass && score.score === 0);
  });
  it('gives a wrong pattern the place of its evaluator', () => {
    assert.throws(() => createEvaluators([parse({ regex: '(a' })], depsWith()), {
      name: 'ConfigError',
      where: PLACE,
    });
  });
});
