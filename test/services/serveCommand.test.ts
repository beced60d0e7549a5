import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, it } from 'mocha';
import { processIdentity } from '../../src/engine/processes/processIdentity.ts';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { ServedWorkspace, until } from '../support/servicesProcess.ts';

describe('touchstone serve', function () {
  this.timeout(120_000);

  it('--detach returns when it receives, and goes on until --stop', async () => {
    await using workspace = new ServedWorkspace();
    const { code, out } = await startTouchstone(workspace.root, 'serve', '--detach', '--port', '0').done;
    assert.equal(code, 0);
    const { pid } = workspace;
    assert.match(
      out,
      /^receiving traces on http:\/\/127\.0\.0\.1:\d+\nprocess \d+ runs in the background; stop it with: touchstone serve --stop\n$/,
    );
    assert.ok(out.includes(`process ${pid} `));

    // Again, it is the same one.
    const again = await touchstone(workspace.root, 'serve', '-d', '--json');
    assert.equal(JSON.parse(again.out).pid, pid);
    assert.match(
      (await touchstone(workspace.root, 'serve', '--status')).out,
      new RegExp(`^services process ${pid}, `),
    );
    assert.equal((await touchstone(workspace.root, 'serve', '--stop')).out, `stopped process ${pid}`);
    assert.equal((await touchstone(workspace.root, 'serve', '--status')).code, 1);
  });

  it('--detach says who has the port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await using workspace = new ServedWorkspace();
    const { code, err } = await touchstone(workspace.root, 'serve', '--detach', '--port', String(port));
    assert.equal(code, 2);
    assert.match(err, new RegExp(`port ${port} is in use by .*\n  Stop that program`));
    const again = await touchstone(workspace.root, 'serve', '--port', String(port));
    assert.equal(again.code, 2);
    assert.match(again.err, /is in use by/);
    other.close();
  });

  it('is one process, however many begin at once, and each says what became of it', async () => {
    await using workspace = new ServedWorkspace();
    const starters = Array.from({ length: 12 }, () =>
      startTouchstone(workspace.root, 'serve', '--port', '0'),
    );
    const endings = starters.map(({ done }) => done);
    await until(() => assert.ok(workspace.lease?.receives));
    const others = await Promise.all(
      starters.map(async ({ child, done }) => (child.pid === workspace.pid ? undefined : await done)),
    );
    for (const other of others) {
      if (!other) continue;
      assert.equal(other.code, 0, other.err);
      assert.match(other.out, /^the services process runs already \(process \d+\)\nreceiving traces on/);
    }
    assert.equal(others.filter((one) => one === undefined).length, 1);
    await touchstone(workspace.root, 'serve', '--stop');
    assert.deepEqual(
      (await Promise.all(endings)).map(({ code }) => code),
      starters.map(() => 0),
    );
  });

  for (const [what, answer] of [
    ['says nothing', undefined],
    ['closes the connection', 'close'],
    ['speaks another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ] as const)
    it(`--status says that a process which ${what} does not serve, and fails`, async () => {
      const sockets = new Set<{ destroy(): void }>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        if (answer === 'close') socket.destroy();
        else if (answer !== undefined) socket.write(answer);
      });
      await using workspace = new ServedWorkspace({ '.touchstone/.gitignore': '*\n' });
      const socket = path.join(workspace.root, '.touchstone', 'services-ab12cd34.sock');
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      try {
        writeFileSync(workspace.leaseFile, JSON.stringify(leaseOf(socket)), { mode: 0o600 });
        const { code, out, err } = await touchstone(workspace.root, 'serve', '--status');
        assert.deepEqual([code, out], [1, '']);
        assert.match(err, new RegExp(`process ${process.pid}`));
        assert.match(err, answer === undefined ? /does not answer/ : /does not serve this workspace/);
        const json = await touchstone(workspace.root, 'serve', '--status', '--json');
        assert.equal(json.code, 1);
        assert.equal(JSON.parse(json.out).running, false);
      } finally {
        for (const open of sockets) open.destroy();
        server.close();
        writeFileSync(workspace.leaseFile, '{}');
      }
    });

  it('--status says that a lease with another token is not of the process', async () => {
    await using workspace = new ServedWorkspace();
    await touchstone(workspace.root, 'serve', '--detach', '--port', '0');
    const lease = workspace.lease ?? assert.fail('no lease');
    writeFileSync(workspace.leaseFile, JSON.stringify({ ...lease, token: 'another' }));
    const { code, err } = await touchstone(workspace.root, 'serve', '--status');
    writeFileSync(workspace.leaseFile, JSON.stringify(lease));
    assert.equal(code, 1);
    assert.match(err, /does not serve this workspace/);
  });

  for (const [argv, message] of [
    [['--status', '--stop'], /cannot be combined/],
    [['--detach', '--stop'], /cannot be combined/],
    [['--json'], /--json goes with/],
    [['--allow-host', 'x'], /--allow-host goes with --host/],
    [['--forward-header', 'a=b'], /--forward-header needs --forward/],
    [['--detach', '--forward', 'http://x'], /cannot be combined/],
    [['--detach', '--host', '0.0.0.0'], /cannot be combined/],
    [['--forward', 'nowhere'], /--forward is not an http or https address/],
    [
      ['--forward', 'http://h', '--forward-header', 'x-api-key=${env:NOT_SET_HERE}'],
      /--forward-header needs the environment variable NOT_SET_HERE/,
    ],
  ] as const)
    it(`refuses ${argv.join(' ')}`, async () => {
      await using workspace = new ServedWorkspace();
      const { code, err } = await touchstone(workspace.root, 'serve', '--port', '0', ...argv);
      assert.equal(code, 2);
      assert.match(err, message);
      assert.equal(workspace.pid, undefined);
    });

  function leaseOf(socket: string): object {
    return {
      pid: process.pid,
      started: processIdentity(process.pid),
      startedAt: Date.now(),
      socket,
      version: '9.9.9',
      token: 'token',
      receives: null,
    };
  }
});
