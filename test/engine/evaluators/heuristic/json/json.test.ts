import assert from 'node:assert/strict';
import { ConfigError, FileError } from '../../../../../src/engine/errors.ts';
import { depsWith, evaluatorOf, passes, scoredOf, scoreOf } from '../../evaluating.ts';

const SCHEMA = { type: 'object', required: ['city'], properties: { city: { type: 'string' } } };

describe('is-json', () => {
  it('takes any JSON without a schema', () => {
    for (const text of ['{}', '[1]', '"a"', 'null', ' 3 ']) assert.equal(passes('is-json', text), true, text);
    for (const text of ['', 'a', '{', '{a:1}', '{} {}']) assert.equal(passes('is-json', text), false, text);
  });
  it('tells the patterns of a schema, and of several schemas, apart', () => {
    const text = (pattern: string) => ({ type: 'string', pattern });
    const both = { type: 'object', properties: { id: text('^[A-Z]-\\d+$'), word: text('^[a-z]+$') } };
    assert.equal(passes({ 'is-json': { schema: both } }, '{"id":"A-12","word":"abc"}'), true);
    assert.equal(passes({ 'is-json': { schema: both } }, '{"id":"A-12","word":"A-12"}'), false);
    const other = { type: 'object', properties: { id: text('^x$') } };
    assert.equal(passes({ 'is-json': { schema: other } }, '{"id":"x"}'), true);
    assert.equal(passes({ 'is-json': { schema: other } }, '{"id":"A-12"}'), false);
  });
  it('holds it to a schema and says what is wrong', () => {
    assert.equal(passes({ 'is-json': { schema: SCHEMA } }, '{"city":"Bonn"}'), true);
    assert.match(scoredOf({ 'is-json': { schema: SCHEMA } }, '{"city":1}').reason, /city must be string/);
    assert.equal(passes({ type: 'not-is-json', value: SCHEMA }, '{"city":1}'), true);
    assert.equal(passes({ type: 'not-is-json', value: SCHEMA }, 'no json'), true);
  });
  it('takes the schema of the case', () => {
    const golden = { expected_output: { json_schema: SCHEMA } };
    assert.equal(passes('is-json', '{"city":"Bonn"}', golden), true);
    assert.equal(passes('is-json', '{}', golden), false);
  });
  it('reads the schema from a file in JSON or YAML, or as text', () => {
    const deps = depsWith({}, { 'a.json': JSON.stringify(SCHEMA), 'b.yaml': 'type: array\n' });
    for (const schema of [
      'a.json',
      'file://a.json',
      JSON.stringify(SCHEMA),
      'type: object\nrequired: [city]',
    ]) {
      const score = scoreOf({ 'is-json': { schema } }, '{"city":"Bonn"}', {}, deps);
      assert.ok(score.status === 'scored' && score.pass, schema);
    }
    const score = scoreOf({ 'is-json': { schema: 'b.yaml' } }, '{}', {}, deps);
    assert.ok(score.status === 'scored' && !score.pass);
    assert.throws(() => evaluatorOf({ 'is-json': { schema: 'none.json' } }, deps), FileError);
  });
  it('refuses a schema that is none, with the place', () => {
    for (const schema of [{ type: 'objekt' }, { $ref: 'https://example.com/s.json' }, { pattern: '(' }]) {
      assert.throws(() => evaluatorOf({ 'is-json': { schema } }), {
        name: 'ConfigError',
        where: { path: 'touchstone.yaml', line: 7, column: 5 },
      });
    }
    assert.throws(() => evaluatorOf({ 'is-json': { schema: '[1]\n' } }), ConfigError);
  });
  it('knows 2020-12, 2019-09, and reads draft-04 as draft-07', () => {
    const prefix = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      prefixItems: [{ type: 'string' }],
    };
    assert.equal(passes({ 'is-json': { schema: prefix } }, '[1]'), false);
    const older = { $schema: 'https://json-schema.org/draft/2019-09/schema', minItems: 2 };
    assert.equal(passes({ 'is-json': { schema: older } }, '[1]'), false);
    const old = { $schema: 'http://json-schema.org/draft-04/schema#', minItems: 2 };
    assert.equal(passes({ 'is-json': { schema: old } }, '[1]'), false);
  });
  it('follows local references, checks formats, and lets two schemas share an id', () => {
    const recursive = { $id: 'x', properties: { next: { $ref: '#' } }, required: ['v'] };
    assert.equal(passes({ 'is-json': { schema: recursive } }, '{"v":1,"next":{}}'), false);
    const other = { $id: 'x', type: 'string', format: 'date' };
    assert.equal(passes({ 'is-json': { schema: other } }, '"2026-02-30"'), false);
    assert.equal(passes({ 'is-json': { schema: { ...other } } }, '"2026-02-28"'), true);
  });
  it('runs patterns of a schema in linear time and refuses those that cannot be', () => {
    const schema = { type: 'string', pattern: '^(a+)+$' };
    assert.equal(passes({ 'is-json': { schema } }, JSON.stringify(`${'a'.repeat(50_000)}!`)), false);
    assert.throws(() => evaluatorOf({ 'is-json': { schema: { pattern: '(?=a)b' } } }), /look-around/);
  });
  it('ignores keywords and formats that it does not know', () => {
    assert.equal(passes({ 'is-json': { schema: { 'x-note': 1, format: 'colour' } } }, '"red"'), true);
  });
});

describe('contains-json', () => {
  it('gives up on what is nested without end, whatever stands in it', () => {
    for (const text of [
      '['.repeat(50_000) + ']'.repeat(50_000),
      `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    ]) {
      const score = scoreOf({ 'contains-json': { schema: { type: 'object' } } }, text);
      assert.equal(score.status, 'error');
      assert.match(score.reason, /too many unmatched or nested brackets/);
    }
    const levels = (count: number) => `${'['.repeat(count)}{"a":1}${']'.repeat(count)}`;
    for (const count of [1, 100])
      assert.equal(passes({ 'contains-json': { schema: { type: 'object' } } }, levels(count)), true);
  });
  it('finds an object in prose and in a fence', () => {
    assert.equal(passes('contains-json', 'Here: {"a": {"b": "}"}} ok'), true);
    assert.equal(passes('contains-json', '```json\n{"a": 1}\n```'), true);
    assert.equal(passes('contains-json', 'set {x} and {"a": 1}'), true);
  });
  it('sees none in braces, citations or half an object', () => {
    for (const text of ['', 'Dear {name}', 'see [1]', '{"a": 1', '{a: 1}']) {
      assert.equal(passes('contains-json', text), false, text);
    }
  });
  it('needs one that satisfies the schema, lists and their items included', () => {
    const entry = { 'contains-json': { schema: SCHEMA } };
    assert.equal(passes(entry, '{"x":1} then {"city":"Bonn"}'), true);
    assert.equal(passes(entry, 'all: [{"city":"Bonn"}]'), true);
    assert.match(scoredOf(entry, '{"x":1}').reason, /required property 'city'/);
    assert.equal(passes({ 'contains-json': { schema: { type: 'array', minItems: 2 } } }, 'x [1, 2]'), true);
    assert.equal(passes({ 'not-contains-json': { schema: SCHEMA } }, '{"x":1}'), true);
  });
  it('gives up on endless brackets instead of hanging, and does not pass', () => {
    assert.equal(scoreOf('contains-json', '{['.repeat(200_000)).status, 'error');
    assert.equal(scoreOf('not-contains-json', '{['.repeat(200_000)).status, 'error');
  });
});
