import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { RunStore } from '../../src/engine/store/runStore.ts';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { touchstone } from '../support/commandLine.ts';
import { temporaryFolder, writeFiles } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';
import { caseLines } from './workspaces.ts';

/** An agent that answers rightly once there is a file `mended` beside the workspace. */
function agentWorkspace(cases: number): { root: string; mend(): void; breakAgain(): void } {
  const outside = temporaryFolder({ 'empty.txt': '' });
  const sign = path.join(outside, 'mended');
  const root = temporaryFolder({
    'touchstone.yaml': `suites:
  agent:
    dataset: cases.golden.jsonl
    targets: [{ name: agent, command: [node, agent.mjs] }]
    evaluators: [{ contains: right }]
    gate: { min_pass_rate: 0.9 }
  two:
    dataset: cases.golden.jsonl
    targets: [{ name: one, echo: true }, { name: other, echo: true }]
    evaluators: [{ contains: right }]
`,
    'agent.mjs': `import { existsSync } from 'node:fs';
process.stdout.write(JSON.stringify({ output: existsSync(${JSON.stringify(sign)}) ? 'right' : 'wrong' }));
`,
    'cases.golden.jsonl': caseLines(cases),
  });
  return { root, mend: () => writeFiles(outside, { mended: '' }), breakAgain: () => rmSync(sign) };
}

function verdictOf(root: string, runId: string) {
  const store = new RunStore(storePath(root), { access: 'read' });
  try {
    return store.verdicts.of(runId);
  } finally {
    store.close();
  }
}

describe('the verdict of a run', () => {
  it('is stored when it is settled, by the terminal as by the editor, and told by lists', async () => {
    const { root } = agentWorkspace(2);
    await touchstone(root, 'eval', '-s', 'agent', '--no-progress');
    await using window = await TestWindow.open(root);
    const [first] = (await window.call('run/list', {})).runs;
    assert.equal(first?.passed, false);
    const stored = verdictOf(root, first.id);
    assert.deepEqual([stored?.passed, stored?.gate?.passed], [false, false]);
    assert.ok(stored && 'total' in stored && stored.total.failed === 2);

    const { runId, end } = await window.run('two');
    assert.equal(end.passed, false);
    assert.equal(verdictOf(root, runId)?.passed, false);
    assert.equal(verdictOf(root, runId)?.gate, null);
  });

  it('follows the cases that are run again, and those that are deleted again', async () => {
    const { root, mend } = agentWorkspace(1);
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('agent');
    mend();
    const overrides = { filter: { names: [], tags: [], ids: ['case-0'] }, partOf: runId };
    const part = await window.run('agent', { overrides });
    assert.equal(verdictOf(root, runId)?.passed, true);
    assert.equal(verdictOf(root, part.runId)?.gate, null);

    await window.call('run/delete', { runId: part.runId });
    assert.equal(verdictOf(root, runId)?.passed, false);
    assert.equal((await window.call('run/summary', { runId })).passed, false);
  });

  it('is what a report says from then on, whatever has become of what it was judged by', async () => {
    const { root } = agentWorkspace(1);
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('agent');
    const store = new RunStore(storePath(root));
    const kept = store.verdicts.of(runId);
    assert.ok(kept);
    store.verdicts.save(runId, { ...kept, passed: true }, 1);
    store.close();
    assert.equal((await window.call('run/summary', { runId })).passed, true);
    assert.match((await touchstone(root, 'show', '--runs')).out, / passed$/m);
  });

  it('of a comparison is its word', async () => {
    const { root } = agentWorkspace(4);
    await using window = await TestWindow.open(root);
    const sides = { suite: 'two', baseline: 'target:one', candidate: 'target:other' };
    const { comparisons } = await window.call('compare/start', sides);
    await window.heard('compare/finished', ({ id }) => id === comparisons[0]?.id);
    const [listed] = (await window.call('run/list', { what: 'comparisons' })).runs;
    assert.deepEqual([listed?.word, listed?.passed], ['undecided', true]);
    assert.match((await touchstone(root, 'show', '--comparisons')).out, / undecided$/m);
  });

  it('is refused to go with a part that is worked on: then nothing is deleted', async () => {
    const { root } = agentWorkspace(1);
    await using window = await TestWindow.open(root);
    const { runId } = await window.run('agent');
    const overrides = { filter: { names: [], tags: [], ids: ['case-0'] }, partOf: runId };
    const earlier = await window.run('agent', { overrides });
    const later = await window.run('agent', { overrides });
    const store = new RunStore(storePath(root));
    const owner = { pid: process.ppid, host: 'elsewhere', started: null, alive: () => true };
    store.claim(later.runId, owner, Date.now());
    store.close();
    assert.equal((await window.failure('run/delete', { runId })).kind, 'user');
    assert.equal((await window.call('run/summary', { runId: earlier.runId })).summary.total.trials, 1);
  });
});
