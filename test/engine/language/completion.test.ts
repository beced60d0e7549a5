import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { completionsAt } from '../../../src/engine/language/completion.ts';
import { hoverAt } from '../../../src/engine/language/hover.ts';
import { FileSchemas } from '../../../src/engine/language/schema/fileSchema.ts';
import { openFile, withCursor } from './open.ts';

const { signal } = new AbortController();
const schemas = new FileSchemas();
const CASES = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n';

/** Offers at the mark `|` of a text, with the line as it is after each was taken. */
async function offers(
  name: string,
  marked: string,
  fromSchema = true,
  files: { [path: string]: string } = {},
) {
  const { text, line, column } = withCursor(marked);
  const more = { 'd/a.golden.yaml': CASES, 'p/a.prompty': 'system:\nHello\n', ...files };
  const file = openFile({ ...more, [name]: text }, name);
  const found = await completionsAt(file, { line, column }, { schemas, fromSchema, signal });
  const written = text.split('\n')[line - 1] ?? '';
  const taken = found.map((item) => ({
    ...item,
    line: written.slice(0, item.column - 1) + item.insert + written.slice(item.endColumn - 1),
  }));
  const labels = taken.map(({ label }) => label);
  return { labels, take: (label: string) => taken.find((item) => item.label === label) };
}

const config = (marked: string, fromSchema?: boolean) => offers('touchstone.yaml', marked, fromSchema);
const dataset = (rest: string) => offers('b.golden.yaml', CASES + rest);

describe('completion', () => {
  it('offers the keys of a configuration that are not there yet', async () => {
    const top = await config('provi|\nsuites: {}\n');
    assert.deepEqual(top.labels, [
      'providers',
      'bulkheads',
      'caches',
      'fallbacks',
      'monitors',
      'stream',
      'traces',
      'metrics',
      'alerts',
      'notify',
      'gateway',
      'deployments',
    ]);
    assert.equal(top.take('providers')?.line, 'providers: ');
    const suite = await config('suites:\n  a:\n    dataset: x.yaml\n    |\n    targets: []\n');
    assert.ok(suite.labels.includes('gate') && suite.labels.includes('repeat'));
    assert.ok(!suite.labels.includes('dataset') && !suite.labels.includes('targets'));
    assert.match(suite.take('repeat')?.documentation ?? '', /flaky/);
  });

  it('offers the keys and words of a gate, with what they are for', async () => {
    const gate = await config('suites:\n  a: { dataset: x.yaml, gate: { allow_r| } }\n');
    assert.match(gate.take('allow_regression')?.documentation ?? '', /significantly worse/);
    const by = await config('suites:\n  a:\n    gate:\n      min_score:\n        by: |\n');
    assert.deepEqual(by.labels, ['point', 'lower']);
  });

  it('offers keys in braces, in lists, and for a name with its colon', async () => {
    const flow = await config('suites:\n  a: { dataset: x.yaml, thre| }\n');
    assert.equal(flow.take('threshold')?.line, '  a: { dataset: x.yaml, threshold:  }');
    const target = await config('suites:\n  a:\n    targets:\n      - name: x\n        mod|\n');
    assert.equal(target.take('model')?.line, '        model: ');
    const rename = await config('suites:\n  a:\n    rep|eet: 3\n');
    assert.equal(rename.take('repeat')?.line, '    repeat: 3');
  });

  it('offers evaluators by name, as a text and as a key, and their options', async () => {
    const item = await config('suites:\n  a:\n    evaluators:\n      - con|\n');
    assert.ok(['concepts', 'contains', 'rubric'].every((type) => item.labels.includes(type)));
    assert.equal(item.take('contains')?.line, '      - contains: ');
    const flow = await config('suites:\n  a:\n    evaluators: [pii, con|]\n');
    assert.equal(flow.take('concepts')?.line, '    evaluators: [pii, concepts]');
    assert.ok((flow.take('concepts')?.documentation ?? '').length > 10);
    const option = await config('suites:\n  a:\n    evaluators:\n      - rubric: { criteria: x, thr| }\n');
    assert.ok(option.labels.includes('threshold') && !option.labels.includes('criteria'));
  });

  it('offers the options of an assertion’s type, beside the keys of every assertion', async () => {
    const inCase = await dataset('  - id: a\n    input: x\n    assert:\n      - { type: levenshtein, m| }\n');
    assert.ok(['min', 'max', 'metric', 'threshold'].every((key) => inCase.labels.includes(key)));
    assert.ok(!inCase.labels.includes('kinds') && !inCase.labels.includes('type'));
    assert.ok((inCase.take('min')?.documentation ?? '').length > 10);
    const inSuite = await config(
      'suites:\n  a:\n    evaluators:\n      - type: not-llm-rubric\n        value: polite\n        mo|\n',
    );
    assert.ok(inSuite.labels.includes('model') && !inSuite.labels.includes('max'));
    const types = await dataset('  - id: a\n    input: x\n    assert: [{ type: lev| }]\n');
    assert.ok(types.labels.includes('levenshtein') && types.labels.includes('llm-rubric'));
  });

  it('offers the datasets and prompts of the workspace, and models', async () => {
    assert.deepEqual((await config('suites:\n  a:\n    dataset: |\n')).labels, ['d/a.golden.yaml']);
    const prompt = await config('suites:\n  a:\n    targets:\n      - prompt: p/|\n');
    assert.equal(prompt.take('p/a.prompty')?.line, '      - prompt: p/a.prompty');
    const providers =
      'providers:\n  mine: { base_url: http://127.0.0.1:1/v1, prices: { tiny: { input: 1, output: 1 } } }\n';
    const model = await config(`${providers}suites:\n  a:\n    judge: |\n`);
    assert.ok(model.labels.includes('mine/tiny'));
    assert.ok(model.labels.some((label) => label.startsWith('openai/gpt-')));
  });

  it('offers the settings that protect calls, with what they are for', async () => {
    const provider = 'providers:\n  mine:\n    base_url: http://127.0.0.1:1/v1\n    resilience:\n';
    const sections = await config(`${provider}      |\n`);
    assert.deepEqual(sections.labels, ['breaker', 'retry', 'rpm', 'tpm', 'concurrency']);
    const breaker = await config(`${provider}      breaker: { open_| }\n`);
    assert.match(breaker.take('open_s')?.documentation ?? '', /Default: 60\./);
    const full = await config('bulkheads:\n  judge: { when_full: | }\n');
    assert.deepEqual(full.labels, ['wait', 'reject']);
  });

  it('offers bulkheads by name, in targets and in judges', async () => {
    const pools = 'bulkheads: { planning: {} }\n';
    const expected = ['planning', 'target', 'judge', 'embedding', 'gateway', 'shadow'];
    const target = await config(`${pools}suites:\n  a:\n    targets:\n      - bulkhead: |\n`);
    assert.deepEqual(target.labels, expected);
    const judge = await config(
      `${pools}suites:\n  a:\n    evaluators:\n      - rubric:\n          criteria: x\n          bulkhead: |\n`,
    );
    assert.deepEqual(judge.labels, expected);
  });

  it('offers what fallbacks stand in for, and their steps', async () => {
    const rest = 'suites: { a: { targets: [{ name: mini, model: openai/gpt-5-mini }] } }\n';
    const names = await config(`${rest}providers: { mine: {} }\nfallbacks:\n  mine: []\n  |\n`);
    assert.deepEqual(names.labels, ['mini', 'openai/gpt-5-mini', 'openai']);
    assert.equal(names.take('openai')?.line, '  openai: ');
    const steps = await config(`${rest}fallbacks:\n  mini: [cache, |]\n`);
    assert.ok(['cache', 'similar', 'openai/gpt-5-mini'].every((label) => steps.labels.includes(label)));
    const on = await config(`${rest}fallbacks:\n  mini:\n    on: [|]\n`);
    assert.deepEqual(on.labels, ['transient', 'rate-limited', 'overloaded', 'spent', 'rejected']);
  });

  it('offers what a deployment may name', async () => {
    const rest = 'suites: { strict: {} }\ngateway: { routes: { support: {} } }\n';
    const deployment = (text: string) => config(`${rest}deployments:\n  a:\n    ${text}\n`);
    assert.deepEqual((await deployment('route: |')).labels, ['support']);
    assert.deepEqual((await deployment('suite: |')).labels, ['strict']);
    assert.deepEqual((await deployment('undecided: |')).labels, ['pause', 'extend', 'rollback']);
    assert.match((await deployment('hol|')).take('hold')?.documentation ?? '', /10m for the first step/);
  });

  it('offers what a route of the gateway may name', async () => {
    const rest = 'providers: { mine: {} }\nsuites: { support: {} }\nbulkheads: { slow: {} }\n';
    const files = { 'releases/warm.yaml': '', 'releases/.x.yaml': '' };
    const route = (text: string) =>
      offers('touchstone.yaml', `${rest}gateway:\n  routes:\n    a:\n${text}`, true, files);
    for (const place of ['to: |', 'fallbacks: [|]', 'shadow: { to: | }', 'to: [{ target: | }]']) {
      const { labels } = await route(`      ${place}\n`);
      const own = ['release/warm', 'mine', 'openai'];
      assert.deepEqual(
        labels.filter((label) => own.includes(label) || label.startsWith('release/')),
        own,
        place,
      );
      assert.ok(
        labels.some((label) => label.startsWith('openai/gpt-')),
        place,
      );
    }
    assert.deepEqual((await route('      shadow: { suite: | }\n')).labels, ['support']);
    assert.ok((await route('      bulkhead: |\n')).labels.includes('slow'));
    assert.deepEqual((await route('      keep: |\n')).labels, ['content', 'redacted', 'none']);
    assert.deepEqual((await route('      sticky: |\n')).labels, ['session', 'user']);
    assert.match(
      (await route('      limits: { first| }\n')).take('first_token')?.documentation ?? '',
      /Default: 2m/,
    );
  });

  it('offers values', async () => {
    assert.deepEqual((await config('suites:\n  a:\n    targets:\n      - reply: |\n')).labels, [
      'json',
      'text',
    ]);
    assert.deepEqual((await dataset('  - id: a\n    complexity: |\n')).labels, [
      'simple',
      'medium',
      'complex',
    ]);
  });

  it('offers the fields of a case, while other cases are broken, and tags that others have', async () => {
    const broken = '  - id: a\n    tags: [red, blue]\n    input: "never closed\n';
    const field = await dataset(`${broken}  - id: b\n    inp|\n`);
    assert.ok(field.labels.includes('input') && !field.labels.includes('id'));
    assert.deepEqual((await dataset(`${broken}  - id: b\n    tags: [red, |]\n`)).labels, ['blue', 'red']);
    const inner = await dataset('  - id: a\n    expected_output:\n      answer: x\n      exp|\n');
    assert.ok(inner.labels.includes('expected_concepts') && !inner.labels.includes('answer'));
  });

  it('knows the older schema', async () => {
    const old = CASES.replace('2.0.0', '1.0.0');
    const { labels } = await offers('c.golden.yaml', `${old}  - id: a\n    expected_output:\n      exp|\n`);
    assert.ok(labels.includes('expected_keywords') && !labels.includes('expected_concepts'));
  });

  it('completes JSONL with its quotes', async () => {
    const key = await offers('a.golden.jsonl', '{"id":"a","com|"}\n');
    assert.equal(key.take('complexity')?.line, '{"id":"a","complexity": }');
    const value = await offers('a.golden.jsonl', '{"id":"a","complexity":"s|"}\n');
    assert.equal(value.take('simple')?.line, '{"id":"a","complexity":"simple"}');
  });

  it('leaves the schema to another extension where there is one', async () => {
    assert.deepEqual((await config('suites:\n  a:\n    |\n', false)).labels, []);
    assert.deepEqual((await config('suites:\n  a:\n    dataset: |\n', false)).labels, ['d/a.golden.yaml']);
  });

  it('is silent in comments and in what nobody can parse', async () => {
    assert.deepEqual((await config('suites: # |\n')).labels, []);
    assert.deepEqual((await config(`${'['.repeat(20_000)}|`)).labels, []);
  });
});

describe('hover', () => {
  function hover(name: string, marked: string) {
    const { text, line, column } = withCursor(marked);
    return hoverAt(openFile({ [name]: text }, name), { line, column }, schemas);
  }

  it('explains keys with their default, and names of evaluators', () => {
    const repeat = hover('touchstone.yaml', 'suites:\n  a:\n    rep|eat: 3\n');
    assert.deepEqual([repeat?.title, repeat?.fallback], ['repeat', '1']);
    const evaluator = hover('touchstone.yaml', 'suites:\n  a:\n    evaluators: [pi|i]\n');
    assert.match(evaluator?.description ?? '', /\w/);
    assert.equal(evaluator?.title, 'pii');
  });

  it('explains the fields of cases, in YAML and in JSONL', () => {
    const yaml = hover('a.golden.yaml', `${CASES}  - id: a\n    complex|ity: simple\n`);
    const jsonl = hover('a.golden.jsonl', '{"id":"a","complex|ity":"simple"}');
    assert.deepEqual(yaml, jsonl);
    assert.deepEqual(yaml?.values, ['simple', 'medium', 'complex']);
  });

  it('explains how calls are protected', () => {
    const provider = 'providers:\n  mine:\n    resilience:\n';
    const breaker = hover('touchstone.yaml', `${provider}      break|er: false\n`);
    assert.match(breaker?.description ?? '', /Circuit breaker/);
    const failures = hover('touchstone.yaml', `${provider}      breaker: { fail|ures: 3 }\n`);
    assert.deepEqual([failures?.title, failures?.fallback], ['failures', '5']);
    assert.match(hover('touchstone.yaml', 'fall|backs: {}\n')?.description ?? '', /stand|answers/);
    assert.match(
      hover('touchstone.yaml', 'bulkheads:\n  judge: { que|ue: 3 }\n')?.description ?? '',
      /wait for a place/,
    );
  });

  it('says nothing of texts and unknown keys', () => {
    assert.equal(hover('a.golden.yaml', `${CASES}  - id: a\n    input: some te|xt\n`), undefined);
    assert.equal(hover('a.golden.yaml', `${CASES}  - id: a\n    my_o|wn: 1\n`), undefined);
    assert.equal(hover('a.prompty', 'system:\nHel|lo\n'), undefined);
  });
});
