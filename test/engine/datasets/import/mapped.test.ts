import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openImport } from '../../../../src/engine/datasets/import/importCases.ts';
import { UserError } from '../../../../src/engine/errors.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

async function mapped(name: string, text: string, map: readonly string[], from?: string) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), text);
  const files = [{ path: join(folder, name), shownAs: name }];
  const { signal } = new AbortController();
  const opened = await openImport({ files, map, signal, ...(from === undefined ? {} : { from }) });
  const cases: GoldenCase[] = [];
  for await (const batch of opened.batches()) cases.push(...batch);
  return { cases, kept: Object.fromEntries(opened.tally.kept) };
}

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof UserError && pattern.test(error.describe());

describe('import with named fields', () => {
  const record = { question: 'Where?', answer: 'Here.', level: 'easy', meta: { source: 'quiz' } };

  it('gives each field its place, and keeps and counts the others', async () => {
    const { cases, kept } = await mapped('t.jsonl', JSON.stringify(record), [
      'question=input',
      'answer=expected_output.answer',
    ]);
    assert.equal(cases[0]?.input, 'Where?');
    assert.deepEqual(cases[0]?.expected_output, { answer: 'Here.' });
    assert.deepEqual(cases[0]?.metadata, { record: { level: 'easy', meta: { source: 'quiz' } } });
    assert.deepEqual(kept, { level: 1, meta: 1 });
  });

  it('reads variables, dotted fields, tags and metadata, of every kind of file', async () => {
    const maps = ['question=input.q', 'meta.source=metadata.source', 'level=tags'];
    for (const [name, text] of [
      ['t.json', JSON.stringify([record])],
      ['t.json', JSON.stringify({ version: 1, data: [record] })],
      ['t.yaml', `- ${JSON.stringify(record)}\n`],
      ['t.csv', 'question,level,meta,answer\nWhere?,easy,"{""source"": ""quiz""}",Here.\n'],
    ] as const) {
      const { cases } = await mapped(name, text, maps);
      assert.deepEqual(cases[0]?.input, { q: 'Where?' });
      assert.deepEqual(cases[0]?.tags, ['easy']);
      assert.equal(cases[0]?.metadata?.['source'], 'quiz');
    }
  });

  it('reads a table by columns', async () => {
    const { cases } = await mapped('t.json', '{"question": ["a", "b"], "n": [1, 2]}', ['question=input']);
    assert.deepEqual(
      cases.map(({ input }) => input),
      ['a', 'b'],
    );
  });

  it('says what it cannot read', async () => {
    const text = JSON.stringify(record);
    await assert.rejects(mapped('t.jsonl', text, ['question']), refused(/--map cannot be question/));
    await assert.rejects(mapped('t.jsonl', text, ['question=nowhere']), refused(/Targets: input/));
    await assert.rejects(mapped('t.jsonl', text, ['answer=id']), refused(/no --map defines the input/));
    await assert.rejects(mapped('t.jsonl', text, ['q=input']), refused(/the record has no q/));
    await assert.rejects(
      mapped('t.jsonl', text, ['question=input'], 'inspect'),
      refused(/cannot be used together/),
    );
  });

  it('is suggested for a record that plainly has a question', async () => {
    await assert.rejects(
      mapped('t.jsonl', JSON.stringify({ Question: 'a', answer: 'b' }), []),
      refused(/--map Question=input --map answer=expected_output.answer/),
    );
    await assert.rejects(
      mapped('t.jsonl', JSON.stringify({ question: 'a', target: 'b' }), [], 'inspect'),
      refused(/the record has no input\n.*--map question=input --map target=expected_output.answer/),
    );
  });
});
