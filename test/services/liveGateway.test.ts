import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, it } from 'mocha';
import { fixedEnvironment, systemClock } from '../../src/engine/ports.ts';
import type { Workspace } from '../../src/engine/suites/loadWorkspace.ts';
import { ConfigurationFile } from '../../src/services/configurationFile.ts';
import { LiveGateway, type OpenedGateway } from '../../src/services/liveGateway.ts';
import { systemRandom } from '../../src/systemRandom.ts';
import { ServedWorkspace, until } from '../support/servicesProcess.ts';

async function listening(port: number) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: (server.address() as AddressInfo).port, address: '127.0.0.1', close };
}

/** The engine's gateway, as far as whoever serves it can tell. */
class DoubleGateway implements OpenedGateway {
  readonly used: Workspace[] = [];
  readonly tokens: string[] = [];
  readonly status = { routes: [], problem: null };
  isClosed = false;

  use(workspace: Workspace): void {
    this.used.push(workspace);
  }
  serve({ port, token }: { port: number; token: string }) {
    this.tokens.push(token);
    return listening(port);
  }
  setWeights(): void {}
  armsOf(): never {
    throw new Error('nobody asks');
  }
  setArms(): undefined {}
  mirror(): void {}
  stopMirroring(): void {}
  look(): void {}
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function open(root: string, usualPort: number) {
  const double = new DoubleGateway();
  const environment = fixedEnvironment({});
  const gateway = new LiveGateway({
    ...{ root, environment, usualPort, clock: systemClock, random: systemRandom },
    configuration: new ConfigurationFile(root, environment, systemClock),
    open: async () => double,
    isAttended: () => false,
    onChange: () => {},
    onBug: (error) => assert.fail(String(error)),
  });
  return { gateway, double };
}

function serving(gateway: LiveGateway) {
  const { state } = gateway;
  assert.ok(state.state === 'serving', JSON.stringify(state));
  return state;
}

describe('the gateway that the services process serves', function () {
  this.timeout(30_000);

  it('takes another port in place of the usual one, and says so; never in place of one that was asked for', async () => {
    const other = await listening(0);
    const { root } = new ServedWorkspace();
    const { gateway } = open(root, other.port);
    await gateway.start({ port: null, keep: false });
    const { port, insteadOf } = serving(gateway);
    assert.equal(insteadOf?.port, other.port);
    assert.notEqual(port, other.port);
    await gateway.stop();
    assert.deepEqual(gateway.state, { state: 'off' });

    await assert.rejects(
      gateway.start({ port: other.port, keep: false }),
      /the gateway cannot be started there/,
    );
    assert.equal(gateway.state.state, 'failed');
    writeFileSync(path.join(root, 'touchstone.yaml'), `gateway: { port: ${other.port} }\n`);
    await assert.rejects(gateway.start({ port: null, keep: false }), /is in use by/);
    await other.close();
    await gateway.start({ port: null, keep: false });
    assert.equal(serving(gateway).port, other.port);
    await gateway.stop();
  });

  it('keeps its token while it moves, is kept or not as it was asked last, and has another one when it is started anew', async () => {
    const { root } = new ServedWorkspace();
    const { gateway, double } = open(root, 0);
    await gateway.start({ port: 0, keep: true });
    const { token, port } = serving(gateway);
    const free = await listening(0);
    await free.close();
    await gateway.start({ port: free.port, keep: false });
    assert.deepEqual(gateway.lease, { port: free.port, keep: false, token });
    assert.notEqual(free.port, port);
    await gateway.stop();
    assert.ok(double.isClosed);
    assert.equal(gateway.lease, null);

    await gateway.start({ port: 0, keep: false, token: 'of the lease' });
    assert.equal(serving(gateway).token, 'of the lease');
    await gateway.stop();
    await gateway.start({ port: 0, keep: false });
    assert.notEqual(serving(gateway).token, token);
    await gateway.stop();
  });

  it('follows touchstone.yaml, and says what it cannot use while the former one holds', async () => {
    const { root } = new ServedWorkspace();
    const { gateway, double } = open(root, 0);
    await gateway.start({ port: 0, keep: false });
    assert.deepEqual(Object.keys(double.used[0]?.config.providers ?? {}), ['openai']);
    const file = path.join(root, 'touchstone.yaml');
    writeFileSync(file, 'gateway: { routes: { support: { model: support, to: openai/gpt-5-mini } } }\n');
    await until(() => assert.equal(double.used.at(-1)?.config.gateway?.routes.length, 1));
    const [key] = serving(gateway).keysWanted;
    assert.deepEqual(key, {
      provider: 'openai',
      origin: 'https://api.openai.com',
      variable: 'OPENAI_API_KEY',
    });

    writeFileSync(file, 'gateway: { routes: { support: { to: nowhere/x } } }\n');
    await until(() => assert.match(serving(gateway).problem ?? '', /^touchstone\.yaml:1:/));
    assert.equal(double.used.at(-1)?.config.gateway?.routes[0]?.name, 'support');
    gateway.giveKeys([{ ...key, value: 'secret' }]);
    assert.deepEqual(serving(gateway).keysWanted, []);
    assert.ok(!JSON.stringify([gateway.state, gateway.lease]).includes('secret'));
    await gateway.stop();
  });

  it('says that it does not run to who would steer it', async () => {
    const { gateway } = open(new ServedWorkspace().root, 0);
    await assert.rejects(gateway.setWeights({ route: 'a', weights: { b: 1 } }), /does not run/);
    await assert.rejects(gateway.stopMirroring('a'), /does not run/);
  });
});
