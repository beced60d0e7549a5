import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'mocha';
import type { ServicesState } from '../../src/protocol/receiverCalls.ts';
import { TestWindow } from '../engineProcess/window.ts';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { exportOf, ServedWorkspace, sendTraces, until } from '../support/servicesProcess.ts';

const TRACE = '5b8efff798038103d269b633813fc60c';
const START = { port: 0, keep: false, requireToken: false };

function receiverOf(state: ServicesState) {
  assert.ok(state.state === 'attached', JSON.stringify(state));
  const { receiver, pid, attached } = state.status;
  assert.ok(receiver.state === 'receiving', JSON.stringify(receiver));
  return { ...receiver, pid, attached };
}

const stateOf = (window: TestWindow) => window.call('receiver/state', {});

describe('windows and terminals of a workspace', function () {
  this.timeout(60_000);

  it('share one process, which receives for all of them', async () => {
    await using workspace = new ServedWorkspace();
    await using one = await TestWindow.open(workspace.root);
    await using two = await TestWindow.open(workspace.root);
    const first = receiverOf(await one.call('receiver/start', START));
    const second = receiverOf(await two.call('receiver/start', { ...START, port: null }));
    assert.deepEqual([second.pid, second.port], [first.pid, first.port]);

    assert.equal(await sendTraces(first.endpoint, exportOf(TRACE, ['chat'])), 200);
    for (const window of [one, two])
      await window.heard(
        'receiver/changed',
        (state) => state.state === 'attached' && state.status.received.spans === 1,
      );
    const { code, out } = await touchstone(workspace.root, 'serve', '--status', '--json');
    const status = JSON.parse(out) as { running: boolean; pid: number; attached: object };
    assert.deepEqual([code, status.running, status.pid], [0, true, first.pid]);
    assert.deepEqual(status.attached, { windows: 2, terminals: 0 });

    await two.call('receiver/stop', {});
    await one.heard(
      'receiver/changed',
      (state) => state.state === 'attached' && state.status.receiver.state === 'off',
    );
    await assert.rejects(sendTraces(first.endpoint, exportOf(TRACE, ['chat'])));
  });

  it('attach again by themselves to a process that was killed, and it receives as before', async () => {
    await using workspace = new ServedWorkspace();
    await using one = await TestWindow.open(workspace.root);
    await using two = await TestWindow.open(workspace.root);
    const { endpoint, port } = receiverOf(await one.call('receiver/start', START));
    await two.call('receiver/start', { ...START, port: null });

    for (let round = 0; round < 3; round += 1) {
      const killed = await workspace.kill();
      const pids = await until(async () => {
        const now = [receiverOf(await stateOf(one)), receiverOf(await stateOf(two))];
        for (const { pid } of now) assert.notEqual(pid, killed);
        return now.map((state) => [state.pid, state.port]);
      });
      assert.deepEqual(pids[0], pids[1]);
      assert.equal(pids[0]?.[1], port);
      assert.equal(await sendTraces(endpoint, exportOf(TRACE, [`chat ${round}`])), 200);
    }
  });

  it('do not start again what somebody has stopped', async () => {
    await using workspace = new ServedWorkspace();
    await using window = await TestWindow.open(workspace.root);
    const { pid } = receiverOf(await window.call('receiver/start', START));
    const { code, out } = await touchstone(workspace.root, 'serve', '--stop');
    assert.deepEqual([code, out], [0, `stopped process ${pid}`]);
    await window.heard('receiver/changed', ({ state }) => state === 'detached');
    assert.equal(workspace.pid, undefined);
    assert.equal(
      (await touchstone(workspace.root, 'serve', '--stop')).out,
      'no services process runs for this workspace',
    );
  });

  it('hear that a port is taken, and go on where they were', async () => {
    await using workspace = new ServedWorkspace();
    await using other = new ServedWorkspace();
    await using window = await TestWindow.open(workspace.root);
    await using elsewhere = await TestWindow.open(other.root);
    const { port: taken, pid } = receiverOf(await elsewhere.call('receiver/start', START));
    const { port } = receiverOf(await window.call('receiver/start', START));
    const failure = await window.failure('receiver/start', { ...START, port: taken });
    assert.ok(failure.kind === 'user');
    assert.equal(
      failure.message,
      `port ${taken} is in use by Touchstone, for ${other.root} (process ${pid}), so traces cannot be received there`,
    );
    assert.equal(receiverOf(await stateOf(window)).port, port);
  });

  it('start nothing where the workspace is not trusted, not even when asked', async () => {
    await using workspace = new ServedWorkspace();
    await using window = await TestWindow.open(workspace.root, { trusted: false });
    for (const method of ['receiver/state', 'receiver/stop', 'receiver/end'] as const)
      assert.equal((await window.failure(method, {})).kind, 'untrusted');
    assert.equal((await window.failure('receiver/start', START)).kind, 'untrusted');
    assert.ok(!existsSync(workspace.leaseFile));
  });
});

describe('touchstone serve', function () {
  this.timeout(60_000);

  it('receives until Ctrl-C, and then leaves nothing behind', async () => {
    await using workspace = new ServedWorkspace();
    const serving = startTouchstone(workspace.root, 'serve', '--port', '0');
    await until(() => assert.ok(workspace.lease?.receives));
    const { out } = await touchstone(workspace.root, 'serve', '--status');
    const endpoint = /receiving traces on (\S+)/.exec(out)?.[1] ?? '';
    assert.match(out, /^services process \d+, version [\d.]+, running in a terminal for \d+ seconds?\n/);
    assert.match(out, /\nreceived 0 spans and 0 log lines\nattached: 0 windows, 0 terminals$/);
    assert.equal(await sendTraces(endpoint, exportOf(TRACE, ['chat'])), 200);

    const again = await touchstone(workspace.root, 'serve');
    assert.equal(again.code, 0);
    assert.match(again.out, /^the services process runs already \(process \d+\)\nreceiving traces on /);

    serving.kill('SIGINT');
    const end = await serving.done;
    assert.deepEqual([end.code, end.out], [0, `receiving traces on ${endpoint}\n`]);
    assert.deepEqual(workspace.spans(TRACE), ['chat']);
    assert.ok(!existsSync(workspace.leaseFile));
    const gone = await touchstone(workspace.root, 'serve', '--status', '--json');
    assert.deepEqual([gone.code, JSON.parse(gone.out)], [1, { running: false }]);
  });

  it('fails where the port is taken, and says by whom', async () => {
    await using workspace = new ServedWorkspace();
    await using other = new ServedWorkspace();
    const serving = startTouchstone(other.root, 'serve', '--port', '0');
    const lease = await until(() => {
      const { lease: now } = other;
      assert.ok(now?.receives);
      return { pid: now.pid, port: now.receives.port };
    });
    const { code, err } = await touchstone(workspace.root, 'serve', '--port', String(lease.port));
    assert.equal(code, 2);
    assert.ok(
      err.includes(`port ${lease.port} is in use by Touchstone, for ${other.root} (process ${lease.pid})`),
      err,
    );
    assert.ok(!existsSync(workspace.leaseFile));
    serving.kill('SIGTERM');
    assert.equal((await serving.done).code, 0);
  });

  it('prints the token that senders must show', async () => {
    await using workspace = new ServedWorkspace();
    const serving = startTouchstone(workspace.root, 'serve', '--port', '0', '--require-token');
    await until(() => assert.ok(workspace.lease?.receives?.token));
    const { port, token } = workspace.lease?.receives ?? assert.fail();
    const endpoint = `http://127.0.0.1:${port}`;
    assert.equal(await sendTraces(endpoint, exportOf(TRACE, ['chat'])), 401);
    assert.equal(
      await sendTraces(endpoint, exportOf(TRACE, ['chat']), { authorization: `Bearer ${token}` }),
      200,
    );
    serving.kill('SIGINT');
    assert.ok(
      (await serving.done).out.includes(`OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20${token}`),
    );
  });

  const WRONG: [args: string[], message: RegExp][] = [
    [['--status', '--stop'], /--status and --stop cannot be combined/],
    [['--json'], /--json goes with --detach, --status or --stop/],
    [['--allow-host', 'agents.test'], /--allow-host goes with --host/],
    [['--port', '70000'], /whole number from 0 to 65535/],
    [['missing'], /there is no such folder/],
    [['--config', 'missing.yaml'], /there is no such file/],
  ];
  for (const [args, message] of WRONG)
    it(`refuses ${args.join(' ')}`, async () => {
      await using workspace = new ServedWorkspace();
      const { code, err } = await touchstone(workspace.root, 'serve', ...args);
      assert.equal(code, 2);
      assert.match(err, message);
    });
});
