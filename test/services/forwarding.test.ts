import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { systemClock } from '../../src/engine/ports.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';
import { startCollector } from '../support/collectorServer.ts';
import { startTouchstone, touchstone } from '../support/commandLine.ts';
import { exportOf, ServedWorkspace, sendTraces, until } from '../support/servicesProcess.ts';

const TRACE = '5b8efff798038103d269b633813fc60c';
const SECRET = 'sk-lf-canary-2b7c81';
const NEVER = new AbortController().signal;

const configOf = (url: string, headers: string): string =>
  `traces:\n  forward:\n    url: ${url}\n    headers: ${headers}\nsuites: {}\n`;

interface Status {
  running: boolean;
  receiver: { endpoint: string };
  forward: {
    to: string;
    sent: number;
    failed: number;
    dropped: number;
    waiting: number;
    reason: string | null;
  }[];
}

async function statusOf(root: string): Promise<Status> {
  return JSON.parse((await touchstone(root, 'serve', '--status', '--json')).out) as Status;
}

async function detached(root: string): Promise<string> {
  const { code, out, err } = await touchstone(root, 'serve', '--detach', '--port', '0', '--json');
  assert.equal(code, 0, err);
  return (JSON.parse(out) as Status).receiver.endpoint;
}

describe('what the services process receives', function () {
  this.timeout(60_000);

  beforeEach(() => {
    process.env['LANGFUSE_PUBLIC_KEY'] = 'pk-lf-1';
    process.env['LANGFUSE_SECRET_KEY'] = SECRET;
  });
  afterEach(() => {
    delete process.env['LANGFUSE_PUBLIC_KEY'];
    delete process.env['LANGFUSE_SECRET_KEY'];
  });

  it('is sent on in the background as the configuration says, with keys of the terminal, and counted', async () => {
    await using collector = await startCollector((_request, index) =>
      index === 1 ? { status: 401, headers: { 'content-type': 'text/plain' }, body: `no ${SECRET}` } : {},
    );
    const url = `${collector.url}/api/public/otel`;
    await using workspace = new ServedWorkspace({
      'touchstone.yaml': configOf(
        url,
        '{ Authorization: "Basic ${env:LANGFUSE_PUBLIC_KEY}:${env:LANGFUSE_SECRET_KEY}" }',
      ),
    });
    const endpoint = await detached(workspace.root);
    for (const name of ['first', 'second', 'third'])
      assert.equal(await sendTraces(endpoint, exportOf(TRACE, [name])), 200);
    const { forward } = await until(async () => {
      const status = await statusOf(workspace.root);
      assert.equal(status.forward[0]?.waiting, 0);
      assert.equal((status.forward[0]?.sent ?? 0) + (status.forward[0]?.failed ?? 0), 3);
      return status;
    });
    assert.deepEqual(forward, [
      { to: url, sent: 2, failed: 1, dropped: 0, waiting: 0, reason: 'HTTP 401: no [key]' },
    ]);

    const basic = `Basic ${Buffer.from(`pk-lf-1:${SECRET}`).toString('base64')}`;
    for (const { path: at, headers, body } of collector.requests) {
      assert.equal(at, '/api/public/otel/v1/traces');
      assert.equal(headers['authorization'], basic);
      assert.equal(headers['x-langfuse-ingestion-version'], '4');
      assert.match(body.toString(), /resourceSpans/);
    }
    const { out } = await touchstone(workspace.root, 'serve', '--status');
    assert.match(
      out,
      /sending on to .*\/api\/public\/otel: 2 requests sent, 1 failed\n {2}HTTP 401: no \[key\]/,
    );
    assert.ok(!out.includes(SECRET));
  });

  it('goes where the configuration says now, without a new start', async () => {
    await using before = await startCollector();
    await using after = await startCollector();
    await using workspace = new ServedWorkspace({ 'touchstone.yaml': configOf(before.url, '{}') });
    const endpoint = await detached(workspace.root);
    await sendTraces(endpoint, exportOf(TRACE, ['first']));
    await until(() => assert.equal(before.requests.length, 1));

    writeFileSync(path.join(workspace.root, 'touchstone.yaml'), configOf(`${after.url}/otel`, '{}'));
    await until(async () =>
      assert.equal((await statusOf(workspace.root)).forward[0]?.to, `${after.url}/otel`),
    );
    await sendTraces(endpoint, exportOf(TRACE, ['second']));
    await until(() => assert.equal(after.requests.length, 1));
    assert.equal(before.requests.length, 1);
  });

  it('goes nowhere with a key where the editor has started the process', async () => {
    await using collector = await startCollector();
    await using workspace = new ServedWorkspace({
      'touchstone.yaml': configOf(collector.url, '{ x-api-key: "${env:LANGFUSE_SECRET_KEY}" }'),
    });
    const link = await ServicesLink.attach(workspace.root, { client: 'window', clock: systemClock }, NEVER);
    const wanted = { on: true, port: 0, keep: false, requireToken: null } as const;
    const { receiver, forward } = await link.call('services/receive', wanted);
    assert.ok(receiver.state === 'receiving');
    await sendTraces(receiver.endpoint, exportOf(TRACE, ['first']));
    assert.match(forward[0]?.reason ?? '', /reads no keys \(LANGFUSE_SECRET_KEY\)/);
    link.close();
    await touchstone(workspace.root, 'serve', '--stop');
    assert.equal(collector.requests.length, 0);
  });

  for (const [what, config, reason] of [
    [
      'a variable that is not set',
      configOf('http://127.0.0.1:9', '{ x-api-key: "${env:NOT_SET_HERE}" }'),
      /NOT_SET_HERE/,
    ],
    [
      'a key in the file',
      configOf('http://127.0.0.1:9', '{ x-api-key: sk-12345 }'),
      /must not hold the secret itself/,
    ],
    ['credentials in the address', configOf('http://a:b@127.0.0.1:9', '{}'), /user name or password/],
    ['no address', configOf('nowhere', '{}'), /expected an address/],
    ['an unknown key', 'traces:\n  forwards: { url: "http://127.0.0.1:9" }\n', /forwards/],
    ['no YAML', 'traces: [\n', /touchstone\.yaml|YAML|flow/i],
  ] as const)
    it(`is stored all the same with ${what}, which the status names`, async () => {
      await using workspace = new ServedWorkspace({ 'touchstone.yaml': config });
      const endpoint = await detached(workspace.root);
      assert.equal(await sendTraces(endpoint, exportOf(TRACE, ['first'])), 200);
      const { out } = await touchstone(workspace.root, 'serve', '--status', '--json');
      const { forward } = JSON.parse(out) as Status;
      assert.equal(forward.length, 1, out);
      assert.match(forward[0]?.reason ?? '', reason);
      assert.ok(!out.includes('sk-12345'));
      assert.deepEqual(workspace.spans(TRACE), ['first']);
    });

  it('takes a user name and password in --forward as a header, and never shows them', async () => {
    await using collector = await startCollector();
    await using workspace = new ServedWorkspace();
    const url = collector.url.replace('http://', `http://me:${SECRET}%21@`);
    const running = startTouchstone(workspace.root, 'serve', '--port', '0', '--forward', `${url}/otel`);
    try {
      const { receiver, forward } = await until(async () => {
        const status = await statusOf(workspace.root);
        assert.ok(status.receiver?.endpoint);
        return status;
      });
      assert.equal(forward[0]?.to, `${collector.url}/otel`);
      await sendTraces(receiver.endpoint, exportOf(TRACE, ['first']));
      await until(() => assert.equal(collector.requests.length, 1));
      const basic = Buffer.from(`me:${SECRET}!`).toString('base64');
      assert.equal(collector.requests[0]?.headers['authorization'], `Basic ${basic}`);
    } finally {
      running.kill('SIGINT');
    }
    const { code, out, err } = await running.done;
    assert.equal(code, 0, err);
    assert.match(out, new RegExp(`sending on to ${collector.url}/otel`));
    assert.ok(!`${out}${err}`.includes(SECRET));
  });

  it('that is on its way is sent before the process ends', async () => {
    await using collector = await startCollector();
    await using workspace = new ServedWorkspace({ 'touchstone.yaml': configOf(collector.url, '{}') });
    const endpoint = await detached(workspace.root);
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => sendTraces(endpoint, exportOf(TRACE, [`span-${at}`]))),
    );
    await touchstone(workspace.root, 'serve', '--stop');
    assert.equal(collector.requests.length, 20);
  });
});
