import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMPORT_FORMATS } from '../../../../src/engine/datasets/import/importFormats.ts';
import { matchesGolden } from '../../../support/goldenFile.ts';
import { importFixture, importText } from './importing.ts';

const FIXTURES: { [name: string]: string } = {
  'promptfoo.yaml': 'promptfoo',
  'promptfoo.csv': 'promptfoo',
  'openai-evals.jsonl': 'openai-evals',
  'openai-hosted.jsonl': 'openai-evals',
  'inspect.jsonl': 'inspect',
  'inspect.csv': 'inspect',
  'braintrust.jsonl': 'autoevals',
  'evalite.json': 'autoevals',
  'deepeval.json': 'deepeval',
  'deepeval-conversations.json': 'deepeval',
  'langsmith.jsonl': 'langsmith',
  'langfuse.json': 'langfuse',
  'ragas.jsonl': 'ragas',
  'ragas-old.csv': 'ragas',
  'foundry.jsonl': 'foundry',
  'conversations.jsonl': 'conversations',
  'triage.prompt.yml': 'prompt-yml',
  'waza-task.yaml': 'waza',
};

/** Every text and number inside a value. */
function leaves(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return value === null ? [] : [String(value)];
  return Object.values(value).flatMap(leaves);
}

describe('import formats', () => {
  it('have a fixture each', () => {
    assert.deepEqual(
      IMPORT_FORMATS.map(({ name }) => name).filter((name) => !Object.values(FIXTURES).includes(name)),
      [],
    );
  });

  for (const [fixture, name] of Object.entries(FIXTURES)) {
    it(`reads ${fixture} as it was read before`, async () => {
      const detected = await importFixture(fixture);
      matchesGolden(`import/${fixture}.json`, `${JSON.stringify(detected, null, 2)}\n`);
      assert.deepEqual(detected, await importFixture(fixture, name));
    });
  }

  for (const fixture of Object.keys(FIXTURES).filter((name) => /\.jsonl$|deepeval.*json$/.test(name))) {
    it(`loses nothing of ${fixture}`, async () => {
      const text = readFileSync(join(import.meta.dirname, '../../../fixtures/import', fixture), 'utf8');
      const records = fixture.endsWith('.jsonl')
        ? text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
        : JSON.parse(text);
      const { cases } = await importFixture(fixture);
      assert.equal(cases.length, records.length);
      for (const [index, record] of records.entries()) {
        // Roles have other names here; a structured answer became JSON.
        const found = JSON.stringify(cases[index]).replaceAll(/\\+"/g, '"');
        const lost = leaves(record).filter(
          (leaf) =>
            !['human', 'ai', 'gpt'].includes(leaf) &&
            !found.includes(JSON.stringify(leaf).slice(1, -1).replaceAll('\\"', '"')),
        );
        assert.deepEqual(lost, []);
      }
    });
  }

  it('reads each kind of expected cell of a promptfoo CSV file', async () => {
    const cells: [cell: string, assertion: object][] = [
      ['Paris', { type: 'equals', value: 'Paris' }],
      ['contains: Paris ', { type: 'contains', value: 'Paris' }],
      ['not-contains:Rome', { type: 'not-contains', value: 'Rome' }],
      ['contains-all:a, b,c', { type: 'contains-all', value: ['a', 'b', 'c'] }],
      ['icontains-any:"x, y",z', { type: 'icontains-any', value: ['x, y', 'z'] }],
      ['levenshtein(5):hello', { type: 'levenshtein', value: 'hello', threshold: 5 }],
      ['similar:hello', { type: 'similar', value: 'hello', threshold: 0.8 }],
      ['rouge-n:hello', { type: 'rouge-n', value: 'hello', threshold: 0.75 }],
      ['latency(200)', { type: 'latency', threshold: 200 }],
      ['is-json', { type: 'is-json' }],
      ['is-json:{"type": "object"}', { type: 'is-json', value: '{"type": "object"}' }],
      ['regex:^a:b$', { type: 'regex', value: '^a:b$' }],
      ['javascript: output === "x"', { type: 'javascript', value: 'output === "x"' }],
      ['fn:output', { type: 'javascript', value: 'output' }],
      ['python: len(output) > 1', { type: 'python', value: 'len(output) > 1' }],
      ['file://check.js', { type: 'javascript', value: 'file://check.js' }],
      ['grade: is polite', { type: 'llm-rubric', value: 'is polite' }],
      ['llm-rubric:is polite', { type: 'llm-rubric', value: 'is polite' }],
      ['trajectory:tool-used:search', { type: 'trajectory:tool-used', value: 'search' }],
      ['unknown-type:x', { type: 'equals', value: 'unknown-type:x' }],
      ['note: contains: x', { type: 'equals', value: 'note: contains: x' }],
    ];
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const rows = cells.map(([cell], index) => `q${index},${quote(cell)}`);
    const { cases } = await importText('t.csv', `question,__expected\n${rows.join('\n')}\n`);
    assert.deepEqual(
      cases.map((entry) => entry.assert?.[0]),
      cells.map(([, assertion]) => assertion),
    );
  });

  it('brings the tests of a promptfoo list without a configuration, and keeps what it does not know', async () => {
    const test = {
      vars: { q: 'x' },
      assert: [{ type: 'is-json' }],
      provider: 'echo',
      options: { transform: 't' },
    };
    const { cases, kept } = await importText('t.json', JSON.stringify([test]));
    assert.deepEqual(cases[0]?.input, { q: 'x' });
    assert.deepEqual(cases[0]?.metadata, { promptfoo: { provider: 'echo', options: { transform: 't' } } });
    assert.deepEqual(kept, { provider: 1, options: 1 });
  });

  it('says which assertions keep a template or a reference that is not resolved', async () => {
    const tests = [
      { vars: { a: '1' }, assert: [{ $ref: '#/assertionTemplates/x' }] },
      { vars: { a: '1' }, assert: [{ type: 'equals', value: '{{ b }} {% if a %}' }] },
    ];
    const { notes } = await importText('t.json', JSON.stringify(tests));
    assert.equal(Object.keys(notes).filter((note) => /\$ref|could not be rendered/.test(note)).length, 2);
  });

  it('leaves a template that no variable of the test fills', async () => {
    const assertion = { type: 'contains', value: '{{ known }} and {{ unknown }}' };
    const { cases } = await importText(
      't.json',
      JSON.stringify([{ vars: { known: 1 }, assert: [assertion] }]),
    );
    assert.deepEqual(cases[0]?.assert, [{ type: 'contains', value: '1 and {{ unknown }}' }]);
  });

  it('refuses a test whose lists stand for too many cases', async () => {
    const list = Array.from({ length: 101 }, (_, index) => `v${index}`);
    const tests = JSON.stringify([{ vars: { a: list, b: list } }]);
    await assert.rejects(importText('t.json', tests), /expand to more than 10000 cases/);
  });

  it('says of Waza checks without a counterpart that they check nothing', async () => {
    const text =
      'id: a\ninputs: { prompt: x }\ngraders:\n  - { type: text, name: n, config: { fuzzy: [x] } }\n';
    const { cases, notes } = await importText('t.yaml', text);
    assert.equal(cases[0]?.assert, undefined);
    assert.deepEqual(Object.keys(notes), [
      'the grader text has no counterpart: it is kept in the metadata, but checks nothing',
    ]);
  });
});
