import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { echoWorkspace } from './workspaces.ts';

const DATASET = 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - id: a\n    input: one\n';

/** A window with `a.golden.yaml` open at version 1. */
async function openDataset() {
  const root = temporaryFolder({ ...echoWorkspace(4), 'a.golden.yaml': DATASET });
  const window = await TestWindow.open(root);
  const file = path.join(root, 'a.golden.yaml');
  await window.call('language/sync', { path: file, version: 1, text: DATASET });
  return { root, window, file };
}

describe('engine process: language', () => {
  it('knows the text as it is typed, and only that version of it', async () => {
    const { window, file } = await openDataset();
    await using _ = window;
    const at = (version: number) => window.call('language/problems', { path: file, version });
    assert.deepEqual(await at(1), { path: 'a.golden.yaml', problems: [] });
    const colon = DATASET.indexOf('input');
    // As an editor tells it: one change after the other.
    const changes = [
      { offset: colon, length: 5, text: 'imput' },
      { offset: 0, length: 0, text: '# typed\n' },
    ];
    assert.deepEqual(await window.call('language/sync', { path: file, version: 2, base: 1, changes }), {
      synced: true,
    });
    assert.equal(await at(1), null);
    const found = await at(2);
    assert.deepEqual(
      found?.problems.map(({ code, location, meant }) => [
        code,
        location.line,
        location.column,
        meant ?? null,
      ]),
      [
        ['missing-field', 5, 5, null],
        ['near-miss-field', 6, 5, 'input'],
      ],
    );
    assert.equal(await window.call('language/symbols', { path: file, version: 1 }), null);
  });

  it('asks for the whole text when changes do not fit what it holds', async () => {
    const { window, file } = await openDataset();
    await using _ = window;
    const sync = (base: number, offset: number) =>
      window.call('language/sync', {
        path: file,
        version: 9,
        base,
        changes: [{ offset, length: 1, text: '' }],
      });
    assert.deepEqual(await sync(0, 0), { synced: false });
    assert.deepEqual(await sync(1, DATASET.length), { synced: false });
    await window.call('language/close', { path: file });
    assert.deepEqual(await sync(1, 0), { synced: false });
    assert.equal(await window.call('language/links', { path: file, version: 1 }), null);
  });

  it('offers an upgrade without working it out, however large the dataset is', async () => {
    const { window, file } = await openDataset();
    await using _ = window;
    const text = DATASET.replace('2.0.0', '1.0.0');
    await window.call('language/sync', { path: file, version: 2, text });
    const selection = { line: 1, column: 1, endLine: 1, endColumn: 1 };
    const found = await window.call('language/fixes', { path: file, version: 2, selection });
    assert.deepEqual(found?.fixes, [
      { title: 'Upgrade to schema 2.0.0', preferred: true, change: { kind: 'upgrade' } },
    ]);
  });

  it('gives lenses with the last results, of cases and of suites', async () => {
    const root = temporaryFolder(echoWorkspace(4));
    await using window = await TestWindow.open(root);
    const lensesOf = async (name: string, text: string) => {
      const file = { path: path.join(root, name), version: 1 };
      await window.call('language/sync', { ...file, text });
      const found = await window.call('language/lenses', { ...file, from: 1, to: 3 });
      return found?.lenses.map(({ subject, last }) => [Object.values(subject).join(' '), last]);
    };
    const { 'touchstone.yaml': config = '', 'cases.golden.jsonl': cases = '' } = echoWorkspace(4);
    assert.deepEqual(await lensesOf('cases.golden.jsonl', cases), [
      ['case case-0', null],
      ['case case-1', null],
    ]);
    const { runId } = await window.run('echo');
    assert.deepEqual(await lensesOf('cases.golden.jsonl', cases), [
      ['case case-0', { runId, passed: 0, trials: 1, score: 0 }],
      ['case case-1', { runId, passed: 1, trials: 1, score: 1 }],
    ]);
    assert.deepEqual(await lensesOf('touchstone.yaml', config), [
      ['suite echo', { runId, passed: 3, trials: 4, score: null }],
    ]);
  });

  it('checks a large dataset apart, answers meanwhile, and stops when it is no longer asked', async function () {
    this.timeout(60_000);
    const { window, file } = await openDataset();
    await using _ = window;
    const cases = Array.from(
      { length: 8_000 },
      (_, index) => `  - id: case-${index}\n    input: a question\n`,
    );
    const text = `${DATASET}${cases.join('')}  - id: case-0\n    input: again\n`;
    await window.call('language/sync', { path: file, version: 2, text });
    const answers: string[] = [];
    const checked = window.call('language/problems', { path: file, version: 2 }).then((found) => {
      answers.push('problems');
      return found?.problems.map(({ code }) => code);
    });
    const given = new AbortController();
    const dropped = window.call('language/problems', { path: file, version: 1 }, given.signal);
    await window.call('language/lenses', { path: file, version: 2, from: 1, to: 9 });
    answers.push('lenses');
    assert.deepEqual(await checked, ['duplicate-case-id']);
    assert.deepEqual(answers, ['lenses', 'problems']);
    assert.equal(await dropped, null);

    await window.call('language/sync', { path: file, version: 3, text });
    const abandoned = window.call('language/problems', { path: file, version: 3 }, given.signal);
    given.abort(new Error('typed on'));
    await assert.rejects(abandoned, /typed on/);
    const again = await window.call('language/problems', { path: file, version: 3 });
    assert.equal(again?.problems.length, 1);
  });

  it('completes and explains, and refuses files outside the workspace', async () => {
    const { window, root } = await openDataset();
    await using _ = window;
    const file = { path: path.join(root, 'touchstone.yaml'), version: 1 };
    await window.call('language/sync', { ...file, text: 'suites:\n  a:\n    repeat: 2\n    \n' });
    const complete = await window.call('language/complete', {
      ...file,
      line: 4,
      column: 5,
      fromSchema: true,
    });
    assert.ok(complete?.items.some(({ label }) => label === 'gate'));
    const hover = await window.call('language/hover', { ...file, line: 3, column: 6 });
    assert.equal(hover?.hover?.title, 'repeat');
    const outside = { path: path.join(root, '..', 'other.golden.yaml'), version: 1, text: DATASET };
    assert.equal((await window.failure('language/sync', outside)).kind, 'user');
  });
});
