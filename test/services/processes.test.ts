import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import { isRunning, processIdentity } from '../../src/engine/processes/processIdentity.ts';
import type { EndReason } from '../../src/protocol/servicesCalls.ts';
import { type LinkOptions, ServicesLink } from '../../src/services/servicesLink.ts';
import { servicesProgram } from '../../src/services/servicesProgram.ts';
import { stopServices } from '../../src/services/stopServices.ts';
import { exportOf, ServedWorkspace, sendTraces, until } from '../support/servicesProcess.ts';

const TRACE = '5b8efff798038103d269b633813fc60c';
const NEVER = new AbortController().signal;
const TERMINAL: LinkOptions = { client: 'terminal', clock: systemClock };
const RECEIVE = { on: true, port: 0, keep: false, requireToken: null } as const;

const attach = (root: string, more: Partial<LinkOptions> = {}) =>
  ServicesLink.attach(root, { ...TERMINAL, ...more }, NEVER);

describe('the services process', function () {
  this.timeout(120_000);

  it('is one, however many start it at the same time', async () => {
    for (let round = 0; round < 4; round += 1) {
      await using workspace = new ServedWorkspace();
      const links = await Promise.all(Array.from({ length: 5 }, () => attach(workspace.root)));
      assert.equal(new Set(links.map(({ lease }) => lease.pid)).size, 1);
      const [first] = links;
      assert.equal((await first?.call('services/status', {}))?.attached.terminals, 5);
      for (const link of links) link.close();
    }
  });

  it('says how it is reached to this person alone', async () => {
    await using workspace = new ServedWorkspace();
    const link = await attach(workspace.root);
    const { socket, token } = link.lease;
    assert.equal(statSync(workspace.leaseFile).mode & 0o777, 0o600);
    assert.equal(statSync(socket).mode & 0o777, 0o600);
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.equal(readFileSync(path.join(workspace.root, '.touchstone', '.gitignore'), 'utf8'), '*\n');
    link.close();
  });

  it('outlives whoever started it, and ends when it is asked', async () => {
    await using workspace = new ServedWorkspace();
    const starter = spawn(process.execPath, ['--input-type=module', '-e', STARTER, workspace.root], {
      stdio: 'ignore',
    });
    await new Promise((resolve) => starter.once('exit', resolve));
    const { pid } = workspace;
    assert.ok(pid !== undefined);

    const reason = Promise.withResolvers<EndReason | null>();
    const link = await attach(workspace.root, { onGone: reason.resolve });
    assert.equal(link.lease.pid, pid);
    await link.call('services/stop', {});
    assert.equal(await reason.promise, 'asked');
    await until(() => assert.equal(workspace.pid, undefined));
    assert.ok(!existsSync(workspace.leaseFile));
    assert.ok(!existsSync(link.lease.socket));
  });

  it('ends by itself when nobody needs it any more, but not while somebody is attached', async () => {
    await using workspace = new ServedWorkspace();
    const ended = startAlone(workspace.root, 2_000);
    const link = await until(async () => {
      const found = await ServicesLink.find(workspace.root, TERMINAL);
      assert.ok(found);
      return found;
    });
    await systemClock.sleep(2_500);
    assert.ok(workspace.pid !== undefined);

    link.close();
    assert.equal(await ended, 0);
    assert.ok(!existsSync(workspace.leaseFile));
  });

  it('goes on where a link stands in place of its lease, follows it nowhere, and writes the lease again once it is gone', async () => {
    await using workspace = new ServedWorkspace({ other: 'of somebody' });
    const link = await attach(workspace.root);
    const { receiver } = await link.call('services/receive', RECEIVE);
    assert.ok(receiver.state === 'receiving');
    const { leaseFile } = workspace;
    rmSync(leaseFile);
    symlinkSync(path.join(workspace.root, 'other'), leaseFile);
    await systemClock.sleep(5_500);

    assert.equal(await sendTraces(receiver.endpoint, exportOf(TRACE, ['one'])), 200);
    assert.equal(readFileSync(path.join(workspace.root, 'other'), 'utf8'), 'of somebody');
    rmSync(leaseFile);
    await until(() => assert.equal(workspace.pid, link.lease.pid));

    rmSync(leaseFile);
    symlinkSync(path.join(workspace.root, 'other'), leaseFile);
    await link.call('services/stop', {});
    await until(() => assert.equal(isRunning(link.lease.pid, link.lease.started), false));
    rmSync(leaseFile);
    link.close();
  });

  it('is killed twenty times: all that was acknowledged is there once, and it receives again on the same port', async () => {
    await using workspace = new ServedWorkspace();
    const first = await attach(workspace.root);
    const { receiver } = await first.call('services/receive', RECEIVE);
    assert.ok(receiver.state === 'receiving');
    first.close();

    const acknowledged: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const names = Array.from({ length: 20 * (round + 1) }, (_, at) => `span-${at}`);
      const sending = sendTraces(receiver.endpoint, exportOf(TRACE, names)).catch(() => 0);
      // In every other round it is killed while it stores.
      if (round % 2 === 0 && (await sending) === 200) acknowledged.splice(0, Infinity, ...names);
      await workspace.kill();
      if (round % 2 === 1 && (await sending) === 200) acknowledged.splice(0, Infinity, ...names);

      const link = await attach(workspace.root);
      const now = (await link.call('services/status', {})).receiver;
      assert.ok(now.state === 'receiving' && now.port === receiver.port, JSON.stringify(now));
      link.close();
      const stored = workspace.spans(TRACE);
      assert.equal(new Set(stored).size, stored.length);
      assert.deepEqual(
        acknowledged.filter((name) => !stored.includes(name)),
        [],
      );
    }
  });

  it('is not mistaken for another program that has its number by now', async () => {
    await using workspace = new ServedWorkspace();
    const link = await attach(workspace.root);
    link.close();
    await workspace.kill();
    const left = JSON.parse(readFileSync(workspace.leaseFile, 'utf8')) as object;
    writeFileSync(workspace.leaseFile, JSON.stringify({ ...left, pid: process.pid }));

    assert.equal(await stopServices(workspace.root, systemClock), null);
    const next = await attach(workspace.root);
    assert.notEqual(next.lease.pid, process.pid);
    next.close();
  });

  it('is not ended by a lease that names a process by its number alone', async () => {
    await using workspace = new ServedWorkspace({ '.touchstone/.gitignore': '*\n' });
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const lease = { startedAt: 0, socket: 'x', version: '1', token: 'x', receives: null };
      writeFileSync(workspace.leaseFile, JSON.stringify({ ...lease, pid: other.pid, started: null }));
      await assert.rejects(
        stopServices(workspace.root, systemClock),
        /does not answer as the services process/,
      );
      assert.equal(other.exitCode ?? other.signalCode, null);
    } finally {
      other.kill('SIGKILL');
      rmSync(workspace.leaseFile);
    }
  });

  for (const [what, text] of [
    ['not JSON', 'nonsense'],
    ['of another form', '{"pid": "one"}'],
    ['far too long', `"${'x'.repeat(100_000)}"`],
  ] as const)
    it(`starts in place of a lease that is ${what}`, async () => {
      await using workspace = new ServedWorkspace({ '.touchstone/services.json': text });
      (await attach(workspace.root)).close();
      assert.ok(workspace.pid !== undefined);
    });

  it('is not looked for at a socket that a workspace names', async () => {
    let knocked = 0;
    const other = createServer(() => {
      knocked += 1;
    });
    const socket = path.join(new ServedWorkspace().root, 'agent.sock');
    await new Promise<void>((resolve) => other.listen(socket, resolve));
    const started = processIdentity(process.pid);
    const lease = {
      pid: process.pid,
      started,
      startedAt: 0,
      socket,
      version: '9',
      token: 'x',
      receives: null,
    };
    await using workspace = new ServedWorkspace({ '.touchstone/services.json': JSON.stringify(lease) });
    assert.equal(await ServicesLink.find(workspace.root, TERMINAL), undefined);
    assert.equal(knocked, 0);
    rmSync(workspace.leaseFile);
    other.close();
  });

  it('does not write through links', async () => {
    const outside = new ServedWorkspace({ 'target.txt': 'mine' });
    for (const name of ['services.json', 'services.lock']) {
      await using workspace = new ServedWorkspace({ '.touchstone/.gitignore': '*\n' });
      symlinkSync(path.join(outside.root, 'target.txt'), path.join(workspace.root, '.touchstone', name));
      await assert.rejects(attach(workspace.root), /is a link/);
      assert.equal(readFileSync(path.join(outside.root, 'target.txt'), 'utf8'), 'mine');
      rmSync(path.join(workspace.root, '.touchstone', name));
    }
  });

  it('listens in the temporary folder where the path of the workspace is too long for a socket', async () => {
    await using workspace = new ServedWorkspace();
    const deep = path.join(workspace.root, 'deep'.repeat(30));
    mkdirSync(deep);
    const link = await attach(deep);
    assert.ok(!link.lease.socket.startsWith(deep));
    assert.equal(statSync(path.dirname(link.lease.socket)).mode & 0o777, 0o700);
    assert.equal(await stopServices(deep, systemClock), link.lease.pid);
  });

  it('says why it cannot be started', async () => {
    await using workspace = new ServedWorkspace({ '.touchstone': 'in the way' });
    await assert.rejects(attach(workspace.root), { name: 'AttachError', message: /a file stands where/ });
    assert.equal(workspace.lease, undefined);
  });

  it('ends when its folder was removed, so that another one can begin', async () => {
    await using workspace = new ServedWorkspace();
    const link = await attach(workspace.root);
    rmSync(path.join(workspace.root, '.touchstone'), { recursive: true });
    const next = await attach(workspace.root);
    assert.notEqual(next.lease.pid, link.lease.pid);
    await until(() => assert.ok(link.isGone));
    assert.equal((await next.call('services/status', {})).pid, next.lease.pid);
    next.close();
  });

  it('lets in nobody who has not shown the token', async () => {
    await using workspace = new ServedWorkspace();
    const link = await attach(workspace.root);
    link.close();
    const lease = JSON.parse(readFileSync(workspace.leaseFile, 'utf8')) as object;
    writeFileSync(workspace.leaseFile, JSON.stringify({ ...lease, token: 'guessed' }));
    await assert.rejects(ServicesLink.find(workspace.root, TERMINAL), {
      name: 'AttachError',
      message: /the token is wrong/,
    });
    // What was tampered with is written anew.
    await until(async () => (await attach(workspace.root)).close());
  });
});

/** A program that starts the process and ends. */
const STARTER = `
import { startServices } from ${JSON.stringify(path.join(import.meta.dirname, '../../src/services/startServices.ts'))};
await startServices(${JSON.stringify(servicesProgram())}, process.argv[1]);
`;

/** Starts the process by hand; resolves to its exit code. */
function startAlone(root: string, idleMs: number): Promise<number | null> {
  const child = spawn(process.execPath, [servicesProgram(), root, JSON.stringify({ idleMs })], {
    stdio: 'ignore',
  });
  return new Promise((resolve) => child.once('exit', resolve));
}
