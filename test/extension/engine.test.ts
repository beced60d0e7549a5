import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { EngineClient, type EngineState } from '../../src/ui/engine/engineClient.ts';
import { Output } from '../../src/ui/output/output.ts';
import { toFailure } from '../../src/ui/toFailure.ts';
import { caseLines } from '../engineProcess/workspaces.ts';
import { activated } from './support/activated.ts';
import { itTrusted, itUntrusted } from './support/trust.ts';
import { workspaceRoot, writeWorkspace } from './support/workspace.ts';

/** Two cases at once; from the tenth on, the agent waits for the file `go`. */
const AGENT = `
import { existsSync, readFileSync } from 'node:fs';
const request = JSON.parse(readFileSync(0, 'utf8'));
while (Number(request.case_id.slice(5)) >= 10 && !existsSync('go')) await new Promise((r) => setTimeout(r, 20));
process.stdout.write(JSON.stringify({ output: request.input }));
`;
const WORKSPACE = {
  'touchstone.yaml': `suites:
  killed:
    dataset: killed.golden.jsonl
    targets: [{ name: agent, command: [node, killed.mjs] }]
    evaluators: [{ contains: right }]
    max_concurrency: 2
    timeout_ms: 60000
`,
  'killed.golden.jsonl': caseLines(20),
  'killed.mjs': AGENT,
};

describe('engine', () => {
  let engine: EngineClient;
  let restore: (() => void) | undefined;

  before(async () => {
    ({ engine } = await activated());
    restore = writeWorkspace(WORKSPACE);
  });
  after(() => restore?.());

  it('starts with the first call, as a process of its own', async () => {
    const { root } = await engine.call('workspace/list', {});
    assert.equal(root, workspaceRoot());
    const { state } = engine;
    assert.ok(state.state === 'ready' && state.pid !== process.pid);
  });

  it('is asked to give up by a cancelled call', async () => {
    const source = new vscode.CancellationTokenSource();
    source.cancel();
    await assert.rejects(engine.call('workspace/list', {}, source.token), vscode.CancellationError);
  });

  it('that is asked while it is being restarted answers as the new one, which is then known', async () => {
    const restarted = engine.restart();
    const asked = engine.call('workspace/list', {});
    await Promise.all([restarted, asked]);
    assert.equal(engine.state.state, 'ready');
    const { state } = engine;
    await engine.call('run/list', {});
    assert.deepEqual(engine.state, state, 'no other process was started');
  });

  itUntrusted('refuses to run anything while the workspace is not trusted', async () => {
    await assert.rejects(engine.call('run/start', { suite: 'killed' }), /needs a trusted workspace/);
    await assert.rejects(engine.call('model/discover', {}), /needs a trusted workspace/);
    assert.equal((await engine.call('workspace/list', {})).suites.length, 1);
    assert.equal(existsSync(path.join(workspaceRoot(), '.touchstone')), false);
  });

  itTrusted(
    'killed in the middle of a run says so, and the resumed run equals an uninterrupted one',
    async () => {
      const go = path.join(workspaceRoot(), 'go');
      const [runId = ''] = (await engine.call('run/start', { suite: 'killed' })).runIds;
      await results(engine, runId, 10);
      assert.ok(engine.running.has(runId));

      const states: EngineState['state'][] = [];
      const watch = engine.onDidChangeState(({ state }) => states.push(state));
      const interrupted = once(engine.onDidInterrupt);
      assert.ok(engine.state.state === 'ready' && engine.state.pid);
      process.kill(engine.state.pid, 'SIGKILL');
      assert.deepEqual(await interrupted, [runId]);
      watch.dispose();
      assert.deepEqual(states, ['waiting', 'starting', 'ready']);

      const [head] = (await engine.call('run/list', {})).runs;
      assert.deepEqual([head?.id, head?.state], [runId, 'interrupted']);
      assert.ok((head?.counts.passed ?? 0) + (head?.counts.failed ?? 0) >= 10);

      writeFileSync(go, '');
      await finished(engine, () => engine.call('run/resume', { runId }));
      const whole = (await finished(engine, () => engine.call('run/start', { suite: 'killed' }))).runId;
      assert.deepEqual(await verdicts(engine, runId), await verdicts(engine, whole));
      assert.equal((await verdicts(engine, runId)).length, 20);
    },
  );

  itTrusted('of a second window sees the runs of the first, and keeps off the one under way', async () => {
    rmSync(path.join(workspaceRoot(), 'go'), { force: true });
    const second = secondWindow();
    try {
      const end = whenFinished(engine);
      const [runId = ''] = (await engine.call('run/start', { suite: 'killed' })).runIds;
      const [head] = (await second.call('run/list', { limit: 1 })).runs;
      assert.deepEqual([head?.id, head?.state], [runId, 'running']);
      await assert.rejects(second.call('run/resume', { runId }), /is being worked on/);
      writeFileSync(path.join(workspaceRoot(), 'go'), '');
      assert.equal((await end).outcome, 'complete');
      assert.equal((await verdicts(second, runId)).length, 20);
    } finally {
      await second.shutDown();
    }
  });

  itTrusted('rejects the calls that were under way when it died', async () => {
    await engine.call('workspace/list', {});
    assert.ok(engine.state.state === 'ready' && engine.state.pid);
    process.kill(engine.state.pid, 'SIGSTOP');
    const call = engine.call('workspace/list', {});
    const ready = once(engine.onDidChangeState, ({ state }) => state === 'ready');
    process.kill(engine.state.pid, 'SIGKILL');
    await assert.rejects(call, { name: 'PlainError', message: /engine stopped before it answered/ });
    await ready;
    assert.equal((await engine.call('workspace/list', {})).suites.length, 1);
  });

  it('is left alone after four crashes in a row, until a person restarts it', async () => {
    await engine.restart();
    for (let crash = 1; crash <= 4; crash++) {
      assert.ok(engine.state.state === 'ready' && engine.state.pid);
      const next = once(engine.onDidChangeState, ({ state }) => state === (crash < 4 ? 'ready' : 'failed'));
      process.kill(engine.state.pid, 'SIGKILL');
      await next;
    }
    await assert.rejects(engine.call('workspace/list', {}), /crashed 4 times in a row/);
    await vscode.commands.executeCommand('touchstone.restartEngine');
    assert.equal((await engine.call('workspace/list', {})).suites.length, 1);
  });

  it('ends by itself when its input is closed', async () => {
    await engine.call('workspace/list', {});
    assert.ok(engine.state.state === 'ready' && engine.state.pid);
    const { pid } = engine.state;
    await engine.restart();
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });
});

/** Resolves when a run has this many results. */
async function results(engine: EngineClient, runId: string, wanted: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const listener = engine.on('run/results', ({ runId: of, counts }) => {
      if (of !== runId || counts.passed + counts.failed + counts.errored < wanted) return;
      listener.dispose();
      resolve();
    });
  });
}

/** A client as another window on this workspace would have. */
function secondWindow(): EngineClient {
  const extension = vscode.extensions.getExtension('touchstone.touchstone');
  return new EngineClient({
    script: path.join(extension?.extensionPath ?? '', 'dist', 'engineProcess.js'),
    output: new Output(),
    toFailure,
    initialize: () => ({ root: workspaceRoot(), config: null, trusted: true, bridge: false }),
    handlers: {
      'model/complete': () => Promise.reject(new Error('not asked here')),
      'secret/get': () => ({ value: null }),
    },
  });
}

function whenFinished(engine: EngineClient): Promise<{ runId: string; outcome: string }> {
  return new Promise((resolve) => {
    const listener = engine.on('run/finished', (data) => {
      listener.dispose();
      resolve(data);
    });
  });
}

/** Begins a run and waits for its end. */
async function finished(engine: EngineClient, begin: () => PromiseLike<unknown>) {
  const end = whenFinished(engine);
  await begin();
  const data = await end;
  assert.equal(data.outcome, 'complete');
  return data;
}

async function verdicts(engine: EngineClient, runId: string) {
  const { rows } = await engine.call('run/results', { runId });
  return rows.map(({ case_id, status, score, reason }) => [case_id, status, score, reason]);
}

function once<T>(event: vscode.Event<T>, meets: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const listener = event((value) => {
      if (!meets(value)) return;
      listener.dispose();
      resolve(value);
    });
  });
}
