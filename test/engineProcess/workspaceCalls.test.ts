import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { temporaryFolder, writeFiles } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { caseLines, echoWorkspace } from './workspaces.ts';

const OLD = `schema_version: 1.0.0
version: 1.0.0
test_cases: # all of them
  - id: a
    input: one
    expected_output: { expected_keywords: [x] }
  - id: b
    input: two
`;

describe('engine process: workspace and datasets', () => {
  it('refuses every call before initialize, and a second initialize', async () => {
    const root = temporaryFolder(echoWorkspace(1));
    await using window = await TestWindow.open(root, { initialize: false });
    assert.equal((await window.failure('workspace/list', {})).kind, 'bug');
    const start = { root, config: null, trusted: true, bridge: false };
    assert.deepEqual(await window.call('initialize', start), { pid: process.pid, root });
    assert.equal((await window.failure('initialize', start)).kind, 'bug');
  });

  it('lists a workspace anew with every call, and leaves nothing behind', async () => {
    const root = temporaryFolder(echoWorkspace(3));
    await using window = await TestWindow.open(root);
    const before = await window.call('workspace/list', {});
    assert.deepEqual(
      before.suites.map(({ name, targets }) => [name, targets.map(({ location: _, ...target }) => target)]),
      [['echo', [{ name: 'echo', kind: 'echo', calls: 'the input of the case', takesModel: false }]]],
    );
    writeFiles(root, { 'more.golden.yaml': OLD });
    const after = await window.call('workspace/list', {});
    assert.deepEqual(after.datasets, ['cases.golden.jsonl', 'more.golden.yaml']);
    assert.deepEqual(await window.call('run/list', {}), { runs: [] });
    assert.equal(existsSync(path.join(root, '.touchstone')), false);
  });

  it('tells the problems of a configuration that cannot be used, with their places', async () => {
    const root = temporaryFolder({ ...echoWorkspace(1), 'touchstone.yaml': 'suites:\n  a: { datset: x }\n' });
    await using window = await TestWindow.open(root);
    const { suites, configPath, problems } = await window.call('workspace/list', {});
    assert.deepEqual([suites, configPath], [[], 'touchstone.yaml']);
    assert.deepEqual(problems[0]?.location.line, 2);
    const failure = await window.failure('run/prepare', { suite: 'a' });
    assert.ok(failure.kind === 'user' && failure.problems && failure.problems.length >= 1);
  });

  it('works in the folder of the configuration that the window names, and refuses one outside', async () => {
    const inner = Object.entries(echoWorkspace(2)).map(([name, text]) => [`inner/${name}`, text]);
    const root = temporaryFolder(Object.fromEntries(inner));
    await using window = await TestWindow.open(root, { config: 'inner/touchstone.yaml' });
    const listing = await window.call('workspace/list', {});
    assert.equal(listing.root, path.join(root, 'inner'));
    assert.equal(listing.suites.length, 1);
    await using other = await TestWindow.open(root, { initialize: false });
    const outside = { root, config: '../touchstone.yaml', trusted: true, bridge: false };
    assert.equal((await other.failure('initialize', outside)).kind, 'user');
  });

  it('pages through cases with their lines', async () => {
    const root = temporaryFolder(echoWorkspace(1_234));
    await using window = await TestWindow.open(root);
    const ids: string[] = [];
    for (let offset = 0; ; ) {
      const page = await window.call('dataset/cases', { path: 'cases.golden.jsonl', offset, limit: 500 });
      assert.equal(page.total, 1_234);
      for (const entry of page.cases) assert.equal(entry.line, entry.index + 2);
      ids.push(...page.cases.map(({ id }) => id));
      if (page.cases.length === 0) break;
      offset += page.cases.length;
    }
    assert.deepEqual(
      ids,
      Array.from({ length: 1_234 }, (_, index) => `case-${index}`),
    );
  });

  it('pages through the cases of a listed suite, as configuration and dataset are at each page', async () => {
    const root = temporaryFolder({ ...echoWorkspace(4), 'other.golden.jsonl': caseLines(1) });
    await using window = await TestWindow.open(root);
    const config = path.join(root, 'touchstone.yaml');
    const { suites } = await window.call('workspace/list', {});
    const wanted = { suite: suites[0]?.name ?? '', dataset: 'cases.golden.jsonl', offset: 0, limit: 10 };
    const ids = async () => (await window.call('suite/cases', wanted)).cases.map(({ id }) => id);
    assert.deepEqual(await ids(), ['case-0', 'case-1', 'case-2', 'case-3']);
    writeFileSync(path.join(root, 'cases.golden.jsonl'), caseLines(2));
    assert.deepEqual(await ids(), ['case-0', 'case-1']);
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, text.replace('cases.golden.jsonl', 'other.golden.jsonl'));
    await assert.rejects(ids(), /there is no suite/);
    writeFileSync(config, text);
    assert.deepEqual(await ids(), ['case-0', 'case-1']);
    writeFileSync(config, 'suites: [');
    await assert.rejects(ids());
  });

  it('sees a dataset that changed between two pages', async () => {
    const root = temporaryFolder(echoWorkspace(3));
    await using window = await TestWindow.open(root);
    const wanted = { path: 'cases.golden.jsonl', offset: 0, limit: 10 };
    assert.equal((await window.call('dataset/cases', wanted)).total, 3);
    writeFiles(root, echoWorkspace(5));
    assert.equal((await window.call('dataset/cases', wanted)).total, 5);
  });

  it('refuses paths outside the workspace', async () => {
    const root = temporaryFolder(echoWorkspace(1));
    await using window = await TestWindow.open(root);
    for (const outside of ['../x.golden.yaml', '/etc/passwd', 'file:///etc/passwd']) {
      const failure = await window.failure('dataset/cases', { path: outside, offset: 0, limit: 1 });
      assert.equal(failure.kind, 'user', outside);
    }
  });

  it('validates texts that are not saved', async () => {
    const root = temporaryFolder({ ...echoWorkspace(1), 'more.golden.yaml': OLD });
    await using window = await TestWindow.open(root);
    const check = async (file: string, text: string) =>
      (await window.call('workspace/validate', { files: [{ path: file, text }] })).problems;
    const [twice] = await check('more.golden.yaml', OLD.replace('id: b', 'id: a'));
    assert.deepEqual([twice?.code, twice?.location.line], ['duplicate-case-id', 7]);
    const [config] = await check('touchstone.yaml', 'suites: [');
    assert.deepEqual([config?.code, config?.location.path], ['syntax', 'touchstone.yaml']);
    assert.equal((await window.call('workspace/validate', {})).files, 3);
  });

  it('returns edits that upgrade a dataset, and writes nothing', async () => {
    const root = temporaryFolder({ ...echoWorkspace(1), 'more.golden.yaml': OLD });
    await using window = await TestWindow.open(root);
    const upgrade = await window.call('dataset/upgrade', { path: 'more.golden.yaml' });
    const upgraded = applyEdits(OLD, upgrade.edits);
    assert.deepEqual([upgrade.from, upgrade.to], ['1.0.0', '2.0.0']);
    assert.match(upgraded, /schema_version: 2\.0\.0/);
    assert.match(upgraded, /test_cases: # all of them/);
    assert.match(upgraded, /expected_concepts/);
    assert.equal(readFileSync(path.join(root, 'more.golden.yaml'), 'utf8'), OLD);
    const again = await window.call('dataset/upgrade', { path: 'more.golden.yaml', text: upgraded });
    assert.deepEqual(again.edits, []);
  });

  it('refuses a call whose parameters do not fit', async () => {
    const root = temporaryFolder(echoWorkspace(1));
    await using window = await TestWindow.open(root);
    const failure = await window.failure('dataset/cases', {
      path: 'cases.golden.jsonl',
      offset: -1,
      limit: 1,
    });
    assert.match(failure.message, /malformed/);
  });
});

interface Edit {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  text: string;
}

/** As an editor applies edits: from the last to the first, by line and column. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  const lines = text.split('\n');
  const offset = (line: number, column: number): number =>
    lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0) + column - 1;
  return edits.reduceRight(
    (result, edit) =>
      result.slice(0, offset(edit.line, edit.column)) +
      edit.text +
      result.slice(offset(edit.endLine, edit.endColumn)),
    text,
  );
}
