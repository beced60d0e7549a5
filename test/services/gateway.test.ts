import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import type { GatewayState, ServingGateway } from '../../src/protocol/gatewayEntries.ts';
import type { ServicesState } from '../../src/protocol/receiverCalls.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';
import { TestWindow } from '../engineProcess/window.ts';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/gateway/scriptedUpstream.ts';
import { restoreEnvironment } from '../support/restoreEnvironment.ts';
import { ServedWorkspace, until } from '../support/servicesProcess.ts';

const KEY = 'sk-canary-4f1d';
const START = { port: 0, keep: true };
const TERMINAL = { client: 'terminal' as const, clock: systemClock };

/** Answers as OpenAI's API does; the model tells who has answered. */
async function provider(): Promise<ScriptedUpstream & AsyncDisposable> {
  const upstream = await startScriptedUpstream(({ json }) => ({
    body: JSON.stringify({
      ...{ id: 'chatcmpl-1', object: 'chat.completion', model: json?.['model'] },
      choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
    }),
  }));
  return Object.assign(upstream, { [Symbol.asyncDispose]: () => upstream.close() });
}

const configOf = ({ baseUrl }: ScriptedUpstream): string => `
providers:
  local: { base_url: ${baseUrl}, api_key: "\${env:TOUCHSTONE_TEST_KEY}" }
gateway:
  routes:
    support:
      model: support
      to:
        - { name: blue, target: local/small, weight: 1 }
        - { name: green, target: local/large, weight: 0 }
`;

async function ask({ endpoint, token }: Pick<ServingGateway, 'endpoint' | 'token'>): Promise<string> {
  const response = await fetch(`${endpoint}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'support', messages: [{ role: 'user', content: 'hello' }] }),
  });
  const text = await response.text();
  return response.ok ? (JSON.parse(text) as { model: string }).model : `${response.status} ${text}`;
}

function serving(state: GatewayState): ServingGateway {
  assert.ok(state.state === 'serving', JSON.stringify(state));
  return state;
}

function gatewayOf(state: ServicesState): ServingGateway {
  assert.ok(state.state === 'attached', JSON.stringify(state));
  return serving(state.status.gateway);
}

/** Files of the workspace in which a text stands. */
function filesWith(root: string, text: string): string[] {
  const folder = path.join(root, '.touchstone');
  return readdirSync(folder).filter((name) => {
    const file = path.join(folder, name);
    return !name.endsWith('.sock') && readFileSync(file).includes(text);
  });
}

describe('the gateway of a workspace', function () {
  this.timeout(120_000);

  it('goes on at the same port with the same token after it was killed, and gets the keys of the window again', async () => {
    await using upstream = await provider();
    await using workspace = new ServedWorkspace({ 'touchstone.yaml': configOf(upstream) });
    const asked: object[] = [];
    await using window = await TestWindow.open(workspace.root, {
      handlers: {
        'secret/get': (wanted) => {
          asked.push(wanted);
          return { value: KEY };
        },
      },
    });
    const first = gatewayOf(await window.call('gateway/start', START));
    assert.equal(await ask(first), 'small');
    assert.equal(upstream.requests.at(-1)?.headers['authorization'], `Bearer ${KEY}`);

    for (let round = 0; round < 3; round += 1) {
      const pid = await workspace.kill();
      await until(() => assert.ok(workspace.pid !== undefined && workspace.pid !== pid));
      const answer = await until(async () => {
        const said = await ask(first);
        assert.equal(said, 'small');
        return said;
      });
      assert.equal(answer, 'small');
      assert.equal(workspace.lease?.gateway?.port, first.port);
    }
    const wanted = { provider: 'local', origin: upstream.origin, variable: 'TOUCHSTONE_TEST_KEY' };
    assert.deepEqual(asked, [wanted, wanted, wanted, wanted]);
    assert.deepEqual(filesWith(workspace.root, KEY), []);
    assert.ok(!JSON.stringify(await window.call('gateway/look', {})).includes(KEY));
  });

  it('is not started again where it was stopped after it had been killed', async () => {
    await using upstream = await provider();
    await using workspace = new ServedWorkspace({ 'touchstone.yaml': configOf(upstream) });
    for (const stop of [
      ['gateway', 'stop'],
      ['serve', '--stop'],
    ]) {
      const started = await withKey(() =>
        touchstone(workspace.root, 'gateway', 'start', '--port', '0', '--json'),
      );
      const { port } = JSON.parse(started.out) as { port: number };
      await workspace.kill();

      const said = await touchstone(workspace.root, ...stop);
      assert.equal(said.code, 0, said.err);
      if (stop[0] === 'gateway') assert.match(said.out, new RegExp(`port ${port} had been killed already`));
      assert.equal(workspace.lease?.gateway ?? null, null);
      await using window = await TestWindow.open(workspace.root);
      const state = await window.call('gateway/look', {});
      assert.ok(state.state !== 'attached' || state.status.gateway.state === 'off', JSON.stringify(state));
    }
    assert.match((await touchstone(workspace.root, 'gateway', 'stop')).out, /does not run/);
  });

  it('is one for all windows and terminals, and goes on when they have left', async () => {
    await using upstream = await provider();
    await using workspace = new ServedWorkspace({ 'touchstone.yaml': configOf(upstream) });
    const started = await withKey(() =>
      touchstone(workspace.root, 'gateway', 'start', '--port', '0', '--json'),
    );
    assert.equal(started.code, 0, started.err);
    const { running, port } = JSON.parse(started.out) as { running: boolean; port: number };
    assert.ok(running);

    const again = await touchstone(workspace.root, 'gateway', 'start');
    assert.match(again.out, new RegExp(`^gateway on http://127.0.0.1:${port} \\(process \\d+\\)`));
    {
      await using window = await TestWindow.open(workspace.root);
      const { token, endpoint, keep } = gatewayOf(await window.call('gateway/look', {}));
      assert.equal(await ask({ token, endpoint }), 'small');
      assert.ok(keep);
    }
    const link = await ServicesLink.find(workspace.root, TERMINAL);
    const { gateway, attached } = (await link?.call('services/status', {})) ?? assert.fail('it has ended');
    link?.close();
    assert.deepEqual(attached, { windows: 0, terminals: 1 });
    assert.equal(await ask(serving(gateway)), 'small');

    const stopped = await touchstone(workspace.root, 'gateway', 'stop');
    assert.deepEqual([stopped.code, stopped.out], [0, `stopped the gateway on port ${port}`]);
    const off = await touchstone(workspace.root, 'gateway', 'status');
    assert.deepEqual(
      [off.code, off.out],
      [1, 'the gateway of this workspace does not run\n  start it with: touchstone gateway start'],
    );
    assert.equal(workspace.lease?.gateway, null);
  });

  it('says who has the port, and goes on where it was', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port: taken } = other.address() as { port: number };
    await using upstream = await provider();
    await using workspace = new ServedWorkspace({ 'touchstone.yaml': configOf(upstream) });
    await using window = await TestWindow.open(workspace.root);
    const message = new RegExp(`^port ${taken} is in use by .*, so the gateway cannot be started there$`);
    const failure = await window.failure('gateway/start', { port: taken, keep: true });
    assert.ok(failure.kind === 'user');
    assert.match(failure.message, message);

    const { port } = gatewayOf(await window.call('gateway/start', START));
    await window.failure('gateway/start', { port: taken, keep: true });
    assert.equal(gatewayOf(await window.call('gateway/look', {})).port, port);
    const { code, err } = await touchstone(workspace.root, 'gateway', 'start', '--port', String(taken));
    assert.equal(code, 2);
    assert.match(err, /is in use by .*\n {2}Stop that program, or choose another port/);
    other.close();
  });

  it('takes a key that the person refuses for missing, and says which one to clients and to people', async () => {
    await using upstream = await provider();
    await using workspace = new ServedWorkspace({ 'touchstone.yaml': configOf(upstream) });
    await using window = await TestWindow.open(workspace.root, {
      handlers: { 'secret/get': () => ({ value: null }) },
    });
    const state = gatewayOf(await window.call('gateway/start', START));
    const { keysWanted } = state;
    assert.deepEqual(keysWanted, [
      { provider: 'local', origin: upstream.origin, variable: 'TOUCHSTONE_TEST_KEY' },
    ]);
    assert.match(await ask(state), /^\d+ .*no API key for the provider 'local'/);
    assert.equal(upstream.requests.length, 0);
    const { out } = await touchstone(workspace.root, 'gateway', 'status');
    assert.ok(
      out.includes(
        `no API key for local at ${upstream.origin}: set TOUCHSTONE_TEST_KEY, then run: touchstone gateway start`,
      ),
      out,
    );
  });

  it('starts nothing and looks for nothing where the workspace is not trusted', async () => {
    await using workspace = new ServedWorkspace();
    await using window = await TestWindow.open(workspace.root, { trusted: false });
    for (const method of ['gateway/look', 'gateway/stop', 'gateway/choices'] as const)
      assert.equal((await window.failure(method, {})).kind, 'untrusted');
    assert.equal((await window.failure('gateway/start', START)).kind, 'untrusted');
    assert.equal((await window.failure('shadow/stop', { route: 'support' })).kind, 'untrusted');
    assert.ok(!existsSync(workspace.leaseFile));
  });

  it('follows its configuration, and has the weights that a person sets until they are taken back', async () => {
    await using upstream = await provider();
    await using workspace = new ServedWorkspace({ 'touchstone.yaml': configOf(upstream) });
    await withKey(() => touchstone(workspace.root, 'gateway', 'start', '--port', '0'));
    const link = (await ServicesLink.find(workspace.root, TERMINAL)) ?? assert.fail('no process');
    const { gateway } = await link.call('services/status', {});
    assert.equal(await ask(serving(gateway)), 'small');
    const set = await touchstone(workspace.root, 'gateway', 'weights', 'support', 'blue=0', 'green=2');
    assert.match(set.out, /green \(local\/large\) +100.0 %/);
    assert.equal(await ask(serving(gateway)), 'large');
    const listed = await touchstone(workspace.root, 'gateway', 'routes', '--json');
    const [route] = (JSON.parse(listed.out) as { routes: { arms: { weight: number }[] }[] }).routes;
    assert.deepEqual(
      route?.arms.map(({ weight }) => weight),
      [0, 2],
    );
    await touchstone(workspace.root, 'gateway', 'weights', 'support', '--reset');
    assert.equal(await ask(serving(gateway)), 'small');
    link.close();
  });

  it('does not ask itself when it is started where its own variables are set', async () => {
    await using workspace = new ServedWorkspace();
    await touchstone(workspace.root, 'gateway', 'start', '--port', '0');
    const { out } = await touchstone(workspace.root, 'gateway', 'env', '--json');
    const variables = JSON.parse(out) as { [name: string]: string };
    assert.deepEqual(Object.keys(variables), ['OPENAI_BASE_URL', 'OPENAI_API_KEY', 'TOUCHSTONE_GATEWAY']);
    await touchstone(workspace.root, 'serve', '--stop');

    await withVariables(variables, () => touchstone(workspace.root, 'gateway', 'start', '--port', '0'));
    const link = (await ServicesLink.find(workspace.root, TERMINAL)) ?? assert.fail('no process');
    const { gateway } = await link.call('services/status', {});
    link.close();
    assert.match(
      await ask(serving(gateway)),
      /no API key for the provider 'openai' at https:\/\/api\.openai\.com/,
    );
  });
});

describe('touchstone serve --gateway', function () {
  this.timeout(120_000);

  it('serves until Ctrl-C, and then leaves nothing behind', async () => {
    await using workspace = new ServedWorkspace();
    const { kill, done } = startTouchstone(
      workspace.root,
      ...['serve', '--port', '0', '--gateway', '--gateway-port', '0'],
    );
    await until(() => assert.ok(workspace.lease?.gateway));
    const { port, keep } = workspace.lease?.gateway ?? assert.fail();
    assert.equal(keep, false);
    const status = await touchstone(workspace.root, 'serve', '--status');
    assert.ok(status.out.includes(`gateway on http://127.0.0.1:${port}; see touchstone gateway status`));
    await until(async () => assert.match((await touchstone(workspace.root, 'gateway')).out, /^gateway on /));
    kill('SIGINT');
    const { code, out } = await done;
    assert.equal(code, 0);
    assert.match(out, new RegExp(`\ngateway on http://127.0.0.1:${port}\n$`));
    assert.ok(!existsSync(workspace.leaseFile));
  });

  for (const [args, message] of [
    [['--gateway-port', '0'], /--gateway-port goes with --gateway/],
    [['--gateway', '--stop'], /--stop and --gateway cannot be combined/],
  ] as const)
    it(`refuses ${args.join(' ')}`, async () => {
      await using workspace = new ServedWorkspace();
      const { code, err } = await touchstone(workspace.root, 'serve', ...args);
      assert.equal(code, 2);
      assert.match(err, message);
    });

  for (const [args, message] of [
    [['weights', 'support'], /no weights given/],
    [['weights', 'support', 'a=1', '--reset'], /cannot be combined/],
    [['weights', 'support', 'a=1', 'a=2'], /two weights for 'a'/],
    [['weights', 'support', 'a=-1'], /TARGET=WEIGHT/],
    [['weights', 'support', 'a=1'], /the gateway of this workspace does not run\n {2}Start it with/],
    [['env'], /the gateway of this workspace does not run/],
  ] as const)
    it(`refuses gateway ${args.join(' ')}`, async () => {
      await using workspace = new ServedWorkspace();
      const { code, err } = await touchstone(workspace.root, 'gateway', ...args);
      assert.equal(code, 2);
      assert.match(err, message);
    });
});

const withKey = <T>(work: () => Promise<T>): Promise<T> => withVariables({ TOUCHSTONE_TEST_KEY: KEY }, work);

/** As if they were set in the terminal. */
async function withVariables<T>(variables: { [name: string]: string }, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    restoreEnvironment(before);
  }
}
