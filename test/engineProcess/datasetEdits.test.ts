import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { echoWorkspace } from './workspaces.ts';

const DATASET = `schema_version: 2.0.0
version: 1.0.0
test_cases: # all of them
  - id: a
    input: one
    expected_output:
      answer: old # on purpose
`;
const ROWS = '{"input":"What is 2+2?","ideal":"4"}\n{"input":"What is 3+3?","ideal":"6"}\n';

function folder(): string {
  return temporaryFolder({ ...echoWorkspace(1), 'd.golden.yaml': DATASET, 'rows.jsonl': ROWS });
}

describe('engine process: edits of datasets', () => {
  it('gives the edit that makes an output the expected one, on the text of the editor', async () => {
    const root = folder();
    await using window = await TestWindow.open(root);
    const text = DATASET.replace('id: a', 'id: renamed');
    const wanted = { path: 'd.golden.yaml', text, caseId: 'renamed', answer: 'new' };
    const { edits } = await window.call('dataset/expect', wanted);
    assert.deepEqual(edits, [
      { line: 7, column: 1, endLine: 8, endColumn: 1, text: '      answer: new # on purpose\n' },
    ]);
    const failure = await window.failure('dataset/expect', { ...wanted, caseId: 'a' });
    assert.match(failure.message, /no case 'a'/);
    assert.equal(readFileSync(path.join(root, 'd.golden.yaml'), 'utf8'), DATASET);
  });

  it('gives the edit that labels an output, and tells what it was labelled', async () => {
    const root = folder();
    await using window = await TestWindow.open(root);
    const wanted = { path: 'd.golden.yaml', caseId: 'a', output: 'in 30 days' };
    assert.deepEqual(await window.call('dataset/labelOf', wanted), { label: null });
    const label = { pass: false, note: 'names no deadline' };
    const { edits } = await window.call('dataset/label', { ...wanted, label });
    const [edit] = edits;
    assert.equal(edits.length, 1);
    assert.equal(readFileSync(path.join(root, 'd.golden.yaml'), 'utf8'), DATASET);
    const lines = DATASET.split('\n');
    lines.splice(
      (edit?.line ?? 1) - 1,
      (edit?.endLine ?? 1) - (edit?.line ?? 1),
      ...(edit?.text.trimEnd() ?? '').split('\n'),
    );
    writeFileSync(path.join(root, 'd.golden.yaml'), lines.join('\n'));
    assert.deepEqual(await window.call('dataset/labelOf', wanted), { label });
    assert.deepEqual(await window.call('dataset/labelOf', { ...wanted, output: 'in 31 days' }), {
      label: null,
    });
    assert.deepEqual(await window.call('dataset/labelOf', { ...wanted, caseId: 'gone' }), { label: null });
    const failure = await window.failure('dataset/label', { ...wanted, caseId: 'gone', label });
    assert.match(failure.message, /no case 'gone'/);
  });

  it('gives the edits that add a case, with an id of its own, and raises the version', async () => {
    await using window = await TestWindow.open(folder());
    const added = await window.call('dataset/add', {
      path: 'd.golden.yaml',
      case: { input: 'Where is it?' },
    });
    assert.match(added.caseId, /^where-is-it-[0-9a-f]{8}$/);
    assert.match(added.edits.map(({ text }) => text).join(''), /version: 1\.1\.0[\s\S]*input: Where is it\?/);
    const twice = { path: 'd.golden.yaml', case: { id: 'a', input: 'x' } };
    assert.match((await window.failure('dataset/add', twice)).message, /has a case 'a' already/);
  });

  it('imports rows of another tool into a new dataset, never over one', async () => {
    const root = folder();
    await using window = await TestWindow.open(root);
    const files = [path.join(root, 'rows.jsonl')];
    const from = 'openai-evals';
    const { formats } = await window.call('dataset/importFormats', {});
    assert.ok(formats.some(({ name }) => name === from));
    const made = await window.call('dataset/import', { files, from, path: 'new.golden.yaml' });
    assert.equal(made.count, 2);
    assert.match(readFileSync(path.join(root, 'new.golden.yaml'), 'utf8'), /answer: "?4"?/);
    const again = await window.failure('dataset/import', { files, from, path: 'd.golden.yaml' });
    assert.match(again.message, /there already/);
    const outside = await window.failure('dataset/import', { files, from, path: '../x.golden.yaml' });
    assert.equal(outside.kind, 'user');
  });

  it('gives the edits that add imported cases to a dataset', async () => {
    const root = folder();
    await using window = await TestWindow.open(root);
    const files = [path.join(root, 'rows.jsonl')];
    const wanted = { files, from: 'openai-evals', path: 'd.golden.yaml' };
    const { added, edits } = await window.call('dataset/importInto', wanted);
    assert.equal(added, 2);
    assert.match(edits.map(({ text }) => text).join(''), /What is 3\+3\?/);
    assert.equal(readFileSync(path.join(root, 'd.golden.yaml'), 'utf8'), DATASET);
  });
});
