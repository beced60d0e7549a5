import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openDataset } from '../../../../src/engine/datasets/dataset.ts';
import { exportDataset, exportFormat } from '../../../../src/engine/datasets/export/exportDataset.ts';
import { UsageError } from '../../../../src/engine/errors.ts';
import { parseYaml } from '../../../../src/engine/files/formats/parseYaml.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { anyCase, anyCases } from '../import/anyCase.ts';
import { importFixture, importText } from '../import/importing.ts';

const { signal } = new AbortController();

describe('exportDataset', () => {
  const folder = temporaryFolder();

  async function exported(cases: readonly GoldenCase[], to: string) {
    const lines = [{ schema_version: '2.0.0', version: '1.0.0' }, ...cases].map((line) =>
      JSON.stringify(line),
    );
    writeFileSync(join(folder, 'golden.jsonl'), lines.join('\n'));
    const dataset = await openDataset(join(folder, 'golden.jsonl'), { root: folder, signal });
    const { tally, pieces } = exportDataset(dataset, exportFormat(to), signal);
    let text = '';
    for await (const piece of pieces()) text += piece;
    return { text, kept: Object.fromEntries(tally.kept), notes: [...tally.notes.keys()] };
  }

  const toPromptfoo = async (entry: GoldenCase) => {
    const { text, ...tally } = await exported([entry], 'promptfoo');
    const [test] = parseYaml(text, 't.yaml').value as [{ [key: string]: unknown }];
    return { test, ...tally };
  };

  it('refuses an unknown format', () => {
    assert.throws(
      () => exportFormat('excel'),
      (error) => error instanceof UsageError && /promptfoo, openai-evals/.test(error.remedy ?? ''),
    );
  });

  it('goes to promptfoo and back without loss', async () => {
    await fc.assert(
      fc.asyncProperty(anyCases, async (cases) => {
        const { text } = await exported(cases, 'promptfoo');
        assert.deepEqual((await importText('t.yaml', text)).cases, cases);
      }),
      { numRuns: 100 },
    );
  });

  it('goes to OpenAI evals and back without loss', async () => {
    await fc.assert(
      fc.asyncProperty(anyCases, async (cases) => {
        const { text } = await exported(cases, 'openai-evals');
        assert.deepEqual((await importText('t.jsonl', text, 'openai-evals')).cases, cases);
      }),
      { numRuns: 100 },
    );
  });

  it('gives an OpenAI evals file back as it came', async () => {
    const path = join(import.meta.dirname, '../../../fixtures/import/openai-evals.jsonl');
    const records = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { cases } = await importFixture('openai-evals.jsonl');
    const back = (await exported(cases, 'openai')).text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const record of back) {
      const { touchstone, ...metadata } = record.metadata;
      assert.ok(touchstone.case.id);
      if (Object.keys(metadata).length > 0) record.metadata = metadata;
      else delete record.metadata;
    }
    assert.deepEqual(back, records);
  });

  it('gives promptfoo tests back as they came', async () => {
    const tests = [
      {
        description: 'd',
        vars: { q: 'x', list: [{ a: 1 }] },
        assert: [
          { type: 'is-json', weight: 2 },
          { type: 'assert-set', assert: [{ type: 'equals', value: 'y' }] },
        ],
        threshold: 0.5,
        provider: 'echo',
        options: { prefix: 'p' },
        metadata: { team: 'a' },
      },
      { vars: { texts: ['a', 'b'] }, options: { disableVarExpansion: true } },
    ];
    const { cases } = await importText('t.json', JSON.stringify(tests));
    const back = parseYaml((await exported(cases, 'promptfoo')).text, 't.yaml').value as typeof tests;
    for (const test of back) {
      const { touchstone: _, ...metadata } = test.metadata as { touchstone?: unknown; team: string };
      if (Object.keys(metadata).length > 0) test.metadata = metadata;
      else delete (test as { metadata?: unknown }).metadata;
    }
    assert.deepEqual(back, tests);
  });

  it('makes promptfoo assertions of what is expected, and says what nothing checks', async () => {
    const { test, kept, notes } = await toPromptfoo({
      id: 'a',
      input: 'x',
      expected_output: {
        answer: 'y',
        expected_concepts: ['p', 'q'],
        forbidden_concepts: ['r'],
        json_schema: { type: 'object' },
        tool_calls: [{ name: 'search' }],
      },
      evaluation_criteria: { min_relevance: 0.5, max_latency_ms: 900, max_cost_usd: 0.01 },
      assert: [{ type: 'contains', value: 'own' }],
      tags: ['t'],
    });
    assert.deepEqual(test['vars'], { input: 'x' });
    assert.deepEqual(test['assert'], [
      { type: 'contains', value: 'own' },
      {
        type: 'assert-set',
        threshold: 0.5,
        metric: 'expected_output.expected_concepts',
        assert: [
          { type: 'icontains', value: 'p' },
          { type: 'icontains', value: 'q' },
        ],
      },
      { type: 'not-icontains-any', value: ['r'], metric: 'expected_output.forbidden_concepts' },
      { type: 'is-json', value: { type: 'object' }, metric: 'expected_output.json_schema' },
      { type: 'latency', threshold: 900, metric: 'evaluation_criteria.max_latency_ms' },
      { type: 'cost', threshold: 0.01, metric: 'evaluation_criteria.max_cost_usd' },
    ]);
    assert.deepEqual(kept, { evaluation_criteria: 1, tags: 1 });
    assert.deepEqual(notes, [
      'expected concepts are matched literally, without inflected forms',
      'the reference answer is kept, but not checked by any assertion',
      'the expected tool calls are kept, but not checked by any assertion',
    ]);
  });

  it('keeps promptfoo from expanding lists and filling in assertions, and warns of variables', async () => {
    const { test, notes } = await toPromptfoo({
      id: 'a',
      input: { list: ['x', 'y'], template: 'say {{ x }}', file: 'file:///etc/passwd' },
      assert: [
        { type: 'equals', value: '{{ y }}' },
        { type: 'contains-any', value: ['{# z #}', 'plain'] },
        { type: 'is-json', value: { title: '{{ y }}' } },
      ],
    });
    assert.deepEqual(test['options'], { disableVarExpansion: true });
    assert.equal((test['vars'] as { template: string }).template, 'say {{ x }}');
    assert.deepEqual(test['assert'], [
      { type: 'equals', value: '{% raw %}{{ y }}{% endraw %}' },
      { type: 'contains-any', value: ['{% raw %}{# z #}{% endraw %}', 'plain'] },
      { type: 'is-json', value: { title: '{{ y }}' } },
    ]);
    assert.deepEqual(notes, [
      'a variable contains {{, {% or {#, which promptfoo may treat as a template',
      'promptfoo reads the file named by a variable that starts with file://',
    ]);
  });

  it('writes no ideal where there is no answer, so that nothing passes without one', async () => {
    const { text, notes } = await exported([{ id: 'a', input: { q: 'x' } }], 'openai-evals');
    const record = JSON.parse(text);
    assert.equal('ideal' in record, false);
    assert.equal(record.input, '{"q":"x"}');
    assert.deepEqual(notes, [
      'variables are written as a JSON string',
      'without a reference answer there is no ideal, so OpenAI evals cannot score the case',
    ]);
  });

  it('lets an edited export win over what it carried along', async () => {
    const { text } = await exported(
      [{ id: 'a', input: 'old', expected_output: { answer: 'old' } }],
      'openai-evals',
    );
    const edited = { ...JSON.parse(text), input: 'new', ideal: 'newer' };
    const { cases } = await importText('t.jsonl', JSON.stringify(edited));
    assert.deepEqual(cases, [{ id: 'a', input: 'new', expected_output: { answer: 'newer' } }]);
  });

  it('joins batches to one YAML list', async () => {
    const cases = fc
      .sample(anyCase, { numRuns: 1200, seed: 7 })
      .map((entry, index) => ({ ...entry, id: `c${index}` }));
    const { text } = await exported(cases, 'promptfoo');
    assert.equal((parseYaml(text, 't.yaml').value as unknown[]).length, 1200);
  });
});
