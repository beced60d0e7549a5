import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createEngine } from '../../../src/engine/engine.ts';
import type { RunRequest } from '../../../src/engine/model/run.ts';
import { fixedEnvironment, noLog, type Random, systemClock } from '../../../src/engine/ports.ts';
import { promptfooFormat } from '../../../src/engine/promptfoo/promptfooFormat.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { loadWorkspace } from '../../../src/engine/suites/loadWorkspace.ts';
import { processOwner } from '../../../src/processOwner.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const FILES = {
  'touchstone.yaml': `suites:
  s:
    dataset: cases.golden.yaml
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [{ contains: right }]
`,
  'agent.mjs': "process.stdout.write(JSON.stringify({ output: 'right' }));\n",
  'cases.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases: [{ id: a, input: x }]\n',
};

const { signal } = new AbortController();
const listener = { onStart: () => {}, onResults: () => {} };

async function engineOn(root: string, store: RunStore, random: Random = systemRandom, clock = systemClock) {
  const environment = fixedEnvironment({ PATH: process.env['PATH'] ?? '' });
  const workspace = await loadWorkspace({ root, foreign: promptfooFormat, environment, signal });
  const trust = { commands: true, scripts: false };
  const ports = { clock, random, log: noLog, owner: processOwner() };
  return createEngine(workspace, { ...ports, environment, trust }, store);
}

describe('a run that is begun', () => {
  it('is begun once: its files are not listed against themselves when it is executed', async () => {
    const store = new RunStore(':memory:');
    const engine = await engineOn(temporaryFolder(FILES), store);
    const [run] = await engine.start('s', {}, signal);
    assert.ok(run);
    assert.equal(store.getRun(run.runId).status.state, 'planned');

    const looked: string[] = [];
    const { find } = store.fileLists;
    store.fileLists.find = (fingerprint) => {
      looked.push(fingerprint);
      return find.call(store.fileLists, fingerprint);
    };
    const { outcome, report } = await engine.execute(run, listener, { signal });
    assert.deepEqual([outcome, report.passed, looked], ['complete', true, []]);
    assert.equal(store.listRuns().length, 1);
    engine.close();
  });

  it('keeps what was asked for, without what a person left to the suite', async () => {
    const store = new RunStore(':memory:');
    const engine = await engineOn(temporaryFolder(FILES), store);
    const requestOf = async (overrides: object): Promise<RunRequest | undefined> => {
      const [run] = await engine.start('s', overrides, signal);
      await run?.close();
      return run && store.getRun(run.runId).plan.request;
    };
    assert.deepEqual(await requestOf({ filter: { names: [], tags: [] }, writes: [] }), {});
    const asked = { repeat: 2, targets: ['agent'], maxConcurrency: 3 };
    assert.deepEqual(await requestOf({ ...asked, filter: { names: ['a'], tags: [] } }), {
      ...asked,
      filter: { names: ['a'], tags: [] },
    });
    engine.close();
  });

  it('is refused as a part of a run that was deleted meanwhile', async () => {
    const root = temporaryFolder(FILES);
    const store = new RunStore(storePath(root));
    const engine = await engineOn(root, store);
    const [whole] = await engine.start('s', {}, signal);
    assert.ok(whole);
    await engine.execute(whole, listener, { signal });
    const [part] = await engine.prepare('s', { partOf: whole.runId }, signal);
    assert.equal(part?.inputs.plan.partOf, whole.runId);
    store.deleteRun(whole.runId, processOwner(), Date.now());
    await assert.rejects(engine.execute(part, listener, { signal }), /there is no run/);
    assert.deepEqual(store.listRuns(), []);
    engine.close();
  });

  it('draws another id where a run of the same second has it', async () => {
    const store = new RunStore(':memory:');
    const drawn = ['aaaa', 'aaaa', 'aaaa', 'bbbb', 'cccc'];
    const random = { ...systemRandom, hex: () => drawn.shift() ?? 'dddd' };
    const now = Date.UTC(2026, 10, 30);
    const engine = await engineOn(temporaryFolder(FILES), store, random, { ...systemClock, now: () => now });
    const ids: (string | undefined)[] = [];
    for (let index = 0; index < 2; index++) {
      const [run] = await engine.start('s', {}, signal);
      ids.push(run?.runId);
      await run?.close();
    }
    assert.deepEqual(ids, ['20261130-000000-aaaa', '20261130-000000-bbbb']);
    assert.equal(store.listRuns().length, 2);
    engine.close();
  });
});
