import assert from 'node:assert/strict';
import os from 'node:os';
import { afterEach, describe, it } from 'mocha';
import { createEngine, type Engine } from '../../../../src/engine/engine.ts';
import { fixedEnvironment, noLog, systemClock } from '../../../../src/engine/ports.ts';
import type { RunListener } from '../../../../src/engine/runs/lifecycle/runListener.ts';
import { loadWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { systemRandom } from '../../../../src/systemRandom.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const CASES = 60;
const NOBODY: RunListener = { onStart: () => {}, onResults: () => {} };

describe('a comparison that stops early', () => {
  const engines: Engine[] = [];
  afterEach(() => {
    for (const engine of engines.splice(0)) engine.close();
  });

  /** The candidate passes every case, and the baseline none. */
  async function open({ cases = CASES, cluster = 1, twoPairs = false } = {}) {
    const entries = Array.from(
      { length: cases },
      (_, at) =>
        `  - { id: c${at}, input: { question: ${at} }${cluster > 1 ? `, cluster: k${Math.floor(at / cluster)}` : ''} }`,
    );
    const root = temporaryFolder({
      'touchstone.yaml': `suites:
  s:
    dataset: x.golden.yaml
    targets: [{ name: one, echo: one.prompty }, { name: two, echo: two.prompty }]
    evaluators: [{ contains: hello }]
`,
      'one.prompty': 'user:\nbye {{question}}\n',
      'two.prompty': 'user:\nhello {{question}}\n',
      'x.golden.yaml': `schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n${entries.join('\n')}\n`,
    });
    const environment = fixedEnvironment({});
    const controller = new AbortController();
    const { signal } = controller;
    const workspace = await loadWorkspace({ root, environment, signal });
    const engine = createEngine(workspace, {
      clock: systemClock,
      random: systemRandom,
      environment,
      log: noLog,
      owner: { pid: process.pid, host: os.hostname(), started: null, alive: () => true },
      trust: { commands: false, scripts: false },
    });
    engines.push(engine);
    const [suite] = workspace.config.suites;
    const [one, two] = suite?.targets ?? [];
    assert.ok(suite && one && two);
    const side = (label: string, target: typeof one) => {
      const names = twoPairs ? ['a', 'b'] : [label];
      const targets = names.map((name) => ({ ...target, name }));
      return { label, reference: { kind: 'given' as const, targets } };
    };
    const compare = async (more: { reuse?: boolean; sequential?: boolean; listener?: RunListener } = {}) => {
      const { listener = NOBODY, reuse = false, sequential = true } = more;
      const request = { suite, baseline: side('x', one), candidate: side('y', two), overrides: {} };
      const [prepared] = await engine.prepareComparison(request, signal);
      assert.ok(prepared);
      return (await engine.compare(prepared, listener, { signal, sequential, reuse })).comparison;
    };
    return { engine, compare, stop: () => controller.abort(new Error('stop')) };
  }

  it('tells who listens of each result', async () => {
    const { engine, compare } = await open();
    let heard = 0;
    const onResults: RunListener['onResults'] = (_run, results) => {
      heard += results.length;
    };
    const { candidate } = await compare({ listener: { onStart: () => {}, onResults } });
    assert.equal(heard, [...engine.store.results(candidate.runId)].length);
  });

  it('counts the cases of a cluster, and the pairs of each case', async () => {
    const ofClusters = await (await open({ cluster: 2 })).compare();
    const { sequential } = ofClusters;
    assert.deepEqual([sequential?.planned, sequential?.stopped], [CASES, true]);
    assert.equal(sequential?.pairs, ofClusters.cases.length);
    assert.equal(ofClusters.cases.length % 2, 0, 'clusters are whole');

    const ofPairs = await (await open({ twoPairs: true })).compare();
    assert.deepEqual([ofPairs.sequential?.planned, ofPairs.sequential?.stopped], [2 * CASES, true]);
    assert.equal(ofPairs.sequential?.pairs, ofPairs.cases.length);
  });

  it('looks at results that stand in before anything is run', async () => {
    const { compare } = await open();
    await compare({ sequential: false });
    let heard = 0;
    const onResults: RunListener['onResults'] = (_run, results) => {
      heard += results.length;
    };
    const listener = { onStart: () => {}, onResults };
    const { sequential, verdict, cases, candidate } = await compare({ reuse: true, listener });
    assert.deepEqual([candidate.reusedTrials, heard], [CASES, 0]);
    assert.equal(verdict.word, 'better');
    assert.ok(cases.length >= 11 && cases.length < CASES, `${cases.length} cases`);
    assert.equal(sequential?.stopped, true);
  });

  it('has not stopped early where the verdict is settled by its last case', async () => {
    const settledAt = (await (await open()).compare()).sequential?.pairs ?? 0;
    const { sequential, verdict } = await (await open({ cases: settledAt })).compare();
    assert.equal(verdict.word, 'better');
    assert.deepEqual(
      [sequential?.pairs, sequential?.planned, sequential?.stopped],
      [settledAt, settledAt, false],
    );
  });

  it('has not stopped by itself where a person interrupted it', async () => {
    const { compare, stop } = await open();
    const { sequential, verdict } = await compare({ listener: { onStart: stop, onResults: () => {} } });
    assert.equal(verdict.word, 'undecided');
    assert.deepEqual(sequential, { pairs: 0, planned: CASES, stopped: false, savedCostUsd: null });
  });
});
