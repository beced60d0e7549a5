import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { servicesFiles } from '../../src/engine/attach/servicesFiles.ts';
import { writeLease } from '../../src/engine/attach/servicesLease.ts';
import { connectTo, listenAt } from '../../src/engine/attach/servicesSocket.ts';
import { systemClock } from '../../src/engine/ports.ts';
import { processIdentity } from '../../src/engine/processes/processIdentity.ts';
import { Peer } from '../../src/protocol/peer.ts';
import { SERVICES_CONTRACT, servicesCalls, servicesStatus } from '../../src/protocol/servicesCalls.ts';
import { Clients } from '../../src/services/clients.ts';
import { IdleWatch } from '../../src/services/idleWatch.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';
import { systemRandom } from '../../src/systemRandom.ts';
import { VERSION } from '../../src/version.ts';
import { ManualClock } from '../support/manualClock.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const NEVER = new AbortController().signal;
const { major, minor } = SERVICES_CONTRACT;

describe('services processes and windows of different versions', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A workspace that seems to be served by a process of another version. */
  async function servedBy(contract: { major: number; minor: number }): Promise<string> {
    const root = temporaryFolder();
    const files = servicesFiles(root);
    mkdirSync(path.join(root, '.touchstone'));
    const server = createServer((socket) => {
      const peer = new Peer({ input: socket, output: socket }, {});
      const hello = { 'services/hello': servicesCalls['services/hello'] };
      peer.answer(
        hello,
        { 'services/hello': () => ({ pid: process.pid, version: '9.9.9', contract }) },
        (error) => ({ kind: 'bug', message: String(error) }),
      );
      peer.listen();
    });
    servers.push(server);
    const socket = await listenAt(server, files.sockets('0a0a0a0a'));
    const started = processIdentity(process.pid);
    writeLease(
      files.lease,
      {
        ...{ pid: process.pid, started, startedAt: 0, socket, version: '9.9.9', token: 't' },
        ...{ receives: null, gateway: null },
      },
      systemRandom,
    );
    return root;
  }

  const find = (root: string) => ServicesLink.find(root, { client: 'window', clock: systemClock });

  it('work together as long as the contract is the same', async () => {
    const link = await find(await servedBy({ major, minor: minor + 5 }));
    assert.equal(link?.version, '9.9.9');
    link?.close();
  });

  it('say that an earlier process has no gateway, without asking it', async () => {
    const link = (await find(await servedBy({ major, minor: 1 }))) ?? assert.fail('not found');
    await assert.rejects(link.call('gateway/start', { port: null, keep: true }), {
      name: 'AttachError',
      message: 'the services process of this workspace is version 9.9.9 of Touchstone, which has no gateway',
    });
    link.close();
  });

  it('say that an earlier process has no deployments, without asking it', async () => {
    const link = (await find(await servedBy({ major, minor: 2 }))) ?? assert.fail('not found');
    await assert.rejects(link.call('deployment/act', { deployment: 'support', action: 'abort' }), {
      name: 'AttachError',
      message:
        'the services process of this workspace is version 9.9.9 of Touchstone, which has no deployments',
    });
    link.close();
  });

  it('take a status without deployments for one that has none', () => {
    const deployments = servicesStatus.shape.deployments.parse(undefined);
    assert.deepEqual(deployments, { entries: [], problems: [] });
  });

  it('say which version is in the way where it is not', async () => {
    await assert.rejects(find(await servedBy({ major: major + 1, minor: 0 })), {
      name: 'AttachError',
      message: `the services process of this workspace is version 9.9.9 of Touchstone, which this version (${VERSION}) cannot use`,
      remedy: 'Use the same version everywhere, and stop it with: touchstone serve --stop',
    });
  });

  /** The other side: a process of this version, and a client that is as it likes. */
  async function client(clock = new ManualClock()) {
    const clients = new Clients({
      ...{ token: 'secret', version: VERSION, clock, onChange: () => {}, onBug: () => {} },
      handlers: {
        'services/status': () => Promise.reject(new Error('it was let in')),
        'services/receive': () => Promise.reject(new Error('it was let in')),
        'services/stop': () => ({}),
        'gateway/start': () => Promise.reject(new Error('it was let in')),
        'gateway/stop': () => Promise.reject(new Error('it was let in')),
        'gateway/weights': () => Promise.reject(new Error('it was let in')),
        'gateway/keys': () => Promise.reject(new Error('it was let in')),
        'shadow/start': () => Promise.reject(new Error('it was let in')),
        'shadow/stop': () => Promise.reject(new Error('it was let in')),
        'deployment/plan': () => Promise.reject(new Error('it was let in')),
        'deployment/start': () => Promise.reject(new Error('it was let in')),
        'deployment/act': () => Promise.reject(new Error('it was let in')),
      },
    });
    const server = createServer((socket) => clients.take(socket));
    servers.push(server);
    const file = await listenAt(server, servicesFiles(withFolder()).sockets('0b0b0b0b'));
    const socket = await connectTo(file);
    assert.ok(socket);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const peer = new Peer({ input: socket, output: socket }, servicesCalls);
    peer.listen();
    const hello = (token: string, theirs: { major: number; minor: number } = { major, minor }) =>
      peer.call('services/hello', { token, version: '9.9.9', contract: theirs, client: 'window' }, NEVER);
    return { peer, hello, closed, clients, clock, end: () => socket.destroy() };
  }

  it('are told so by the process as well, which serves them nothing', async () => {
    const { peer, hello, end } = await client();
    await assert.rejects(peer.call('services/stop', {}, NEVER), /services\/hello must be called first/);
    assert.equal((await hello('secret', { major: major + 1, minor: 0 })).version, VERSION);
    await assert.rejects(
      peer.call('services/stop', {}, NEVER),
      /version 9\.9\.9 cannot be served by the services process, which is version/,
    );
    end();
  });

  it('have one try at the token', async () => {
    const { peer, hello, clients, end } = await client();
    await assert.rejects(hello('guess'), /the token is wrong/);
    await assert.rejects(hello('secret'), /the token is wrong/);
    await assert.rejects(peer.call('services/stop', {}, NEVER), /services\/hello must be called first/);
    assert.deepEqual(clients.attached, { windows: 0, terminals: 0 });
    end();
  });

  it('do not keep a connection on which they say nothing', async () => {
    const { clock, closed, clients } = await client();
    await until(() => clock.timers > 0);
    await clock.advance(5_000);
    await closed;
    assert.deepEqual(clients.attached, { windows: 0, terminals: 0 });
  });
});

describe('the watch for idleness', () => {
  it('counts from the last moment in which something was needed', async () => {
    const clock = new ManualClock();
    let needed = true;
    const watch = new IdleWatch({ clock, idleMs: 600_000, isNeeded: () => needed });
    let ended: boolean | undefined;
    void watch.idle().then((idle) => {
      ended = idle;
    });
    await clock.advance(3_600_000);
    assert.equal(ended, undefined);

    needed = false;
    await clock.advance(400_000);
    watch.touch();
    await clock.advance(599_000);
    assert.equal(ended, undefined);
    await clock.advance(1_000);
    assert.equal(ended, true);
  });

  it('can be stopped', async () => {
    const clock = new ManualClock();
    const watch = new IdleWatch({ clock, idleMs: 600_000, isNeeded: () => false });
    const idle = watch.idle();
    watch.stop();
    assert.equal(await idle, false);
  });
});

function withFolder(): string {
  const root = temporaryFolder();
  mkdirSync(path.join(root, '.touchstone'));
  return root;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await systemClock.sleep(5);
}
