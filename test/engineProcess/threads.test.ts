import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { openDataset } from '../../src/engine/datasets/dataset.ts';
import type { LocatedCase } from '../../src/engine/model/case.ts';
import { readReport } from '../../src/engine/readReport.ts';
import { RunStore } from '../../src/engine/store/runStore.ts';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { exportReport } from '../../src/engineProcess/exportReport.ts';
import { openDatasetAside } from '../../src/engineProcess/openDatasetThread.ts';
import { reportJobs } from '../../src/engineProcess/reportJobs.ts';
import { CallFailure } from '../../src/protocol/callFailure.ts';
import { systemRandom } from '../../src/systemRandom.ts';
import { temporaryFolder, writeFiles } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { echoWorkspace } from './workspaces.ts';

const CASES = 1200;
const { signal } = new AbortController();

function largeYaml(more = ''): string {
  const cases = Array.from(
    { length: CASES },
    (_, index) => `  - { id: case-${index}, input: "${'long '.repeat(20)}${index}", complexity: simple }\n`,
  );
  return `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${cases.join('')}${more}`;
}

describe('engine process: threads', () => {
  it('open a large YAML dataset as it is opened in place', async () => {
    const root = temporaryFolder({ 'large.golden.yaml': largeYaml() });
    const file = path.join(root, 'large.golden.yaml');
    const [aside, inPlace] = [
      await openDatasetAside(file, { root, signal }),
      await openDataset(file, { root, signal }),
    ];
    const { batches: _a, cases: _b, ...known } = inPlace;
    const { batches: _c, cases: _d, ...head } = aside;
    assert.deepEqual(head, known);
    const all = async (from: typeof aside) => {
      const cases: LocatedCase[] = [];
      for await (const one of from.cases({ signal })) cases.push(one);
      return cases;
    };
    assert.deepEqual(await all(aside), await all(inPlace));
    // Runs go through the cases more than once.
    assert.equal((await all(aside)).length, CASES);
  });

  it('let others have their turn while whoever opened it goes through the cases', async () => {
    const root = temporaryFolder({ 'large.golden.yaml': largeYaml() });
    const dataset = await openDatasetAside(path.join(root, 'large.golden.yaml'), { root, signal });
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (turns < 100) setImmediate(count);
    };
    setImmediate(count);
    for await (const _batch of dataset.batches({ signal }));
    assert.ok(turns >= CASES / 500);
  });

  it('tell what is wrong with a dataset, and end with whoever asked', async () => {
    const root = temporaryFolder({
      'large.golden.yaml': largeYaml('  - { id: case-1, input: x, complexity: simple }\n'),
    });
    const file = path.join(root, 'large.golden.yaml');
    await assert.rejects(openDatasetAside(file, { root, signal }), (error) => {
      assert.ok(error instanceof CallFailure && error.failure.kind === 'user');
      assert.equal(error.failure.problems?.[0]?.code, 'duplicate-case-id');
      return true;
    });
    const stop = new AbortController();
    const opening = openDatasetAside(file, { root, signal: stop.signal });
    stop.abort(new Error('enough'));
    await assert.rejects(opening, /enough/);
  });

  it('sum up and export a run of many results as it is done in place', async () => {
    const root = temporaryFolder(echoWorkspace(CASES));
    await using window = await TestWindow.open(root);
    const { runId, end } = await window.run('echo');
    assert.equal(end.passed, false);
    const store = new RunStore(storePath(root), { access: 'read' });
    const { run: _identity, ...inPlace } = await reportJobs.summary(store, { runId });
    const { run, ...aside } = await window.call('run/summary', { runId });
    assert.deepEqual(aside, JSON.parse(JSON.stringify(inPlace)));
    assert.deepEqual([run.id, run.state], [runId, 'complete']);

    const [here, there] = [path.join(root, 'here.json'), path.join(root, 'there.json')];
    await exportReport(readReport(store, runId), here, systemRandom);
    await window.call('run/export', { runId, file: there });
    assert.equal(readFileSync(there, 'utf8'), readFileSync(here, 'utf8'));
    store.close();
    const failure = await window.failure('run/export', { runId, file: path.join(root, 'gone', 'x.json') });
    assert.equal(failure.kind, 'user');
  });

  it('run a large YAML dataset, and say what is wrong with it before anything begins', async () => {
    const suite = echoWorkspace(1)['touchstone.yaml'] ?? '';
    const root = temporaryFolder({
      'touchstone.yaml': suite.replace('cases.golden.jsonl', 'large.golden.yaml'),
      'large.golden.yaml': largeYaml(),
    });
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('echo', {
      overrides: { filter: { names: [], tags: [], ids: ['case-3', 'case-1100'] } },
    });
    const { rows } = await window.call('run/results', { runId });
    assert.deepEqual(
      rows.map(({ case_id, case_index }) => [case_id, case_index]),
      [
        ['case-3', 3],
        ['case-1100', 1100],
      ],
    );
    writeFiles(root, {
      'large.golden.yaml': largeYaml('  - { id: case-1, input: x, complexity: simple }\n'),
    });
    const failure = await window.failure('run/start', { suite: 'echo' });
    assert.match(JSON.stringify(failure), /large\.golden\.yaml.*case-1/);
  });
});
