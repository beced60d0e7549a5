import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { systemClock } from '../../src/engine/ports.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';
import { overSocket, statusOf } from '../engine/http/server/rawSocket.ts';
import { ServedWorkspace, sendTraces } from '../support/servicesProcess.ts';
import { skip } from '../support/skip.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const TRACE = '5b8efff798038103d269b633813fc60c';
const OPEN = 'application/openmetrics-text;version=1.0.0';

describe('/metrics of the services process', function () {
  this.timeout(60_000);
  let served: ServedWorkspace;
  let link: ServicesLink;
  let endpoint: string;

  beforeEach(async () => {
    served = new ServedWorkspace();
    const options = { client: 'terminal', clock: systemClock } as const;
    link = await ServicesLink.attach(served.root, options, new AbortController().signal);
    endpoint = await receive(null);
  });
  afterEach(async () => {
    link.close();
    await served[Symbol.asyncDispose]();
  });

  async function receive(requireToken: boolean | null): Promise<string> {
    const wanted = { on: true, port: 0, keep: true, requireToken } as const;
    const { receiver } = await link.call('services/receive', wanted);
    assert.ok(receiver.state === 'receiving');
    return receiver.endpoint;
  }

  async function scrape(accept?: string): Promise<string> {
    const headers = accept === undefined ? {} : { accept };
    const response = await fetch(`${endpoint}/metrics`, { headers });
    assert.equal(response.status, 200);
    return await response.text();
  }

  async function measured(): Promise<void> {
    assert.equal(await sendTraces(endpoint, call()), 200);
    while (!(await scrape()).includes('gen_ai_client_operation_duration_seconds_count{'))
      await systemClock.sleep(50);
  }

  it('has the received calls and what the process does, in both formats', async () => {
    await measured();
    const text = await scrape();
    assert.match(text, /^touchstone_receiver_spans_total 1$/m);
    assert.match(text, /^touchstone_receiver_storing 1$/m);
    assert.match(text, /^gen_ai_client_operation_duration_seconds_sum\{.*"gpt-5-mini".*\} 1\.5$/m);
    assert.ok(!text.includes('trace_id'));
    const open = await scrape(OPEN);
    assert.match(open, new RegExp(`# \\{trace_id="${TRACE}",span_id="[0-9a-f]{16}"\\} 1\\.5 `));
    assert.ok(open.endsWith('# EOF\n'));
  });

  it('is served to programs of this machine only, and with the token where one is demanded', async () => {
    const { port } = new URL(endpoint);
    const status = (head: string) =>
      overSocket(Number(port), (socket) =>
        socket.end(`GET /metrics HTTP/1.1\r\n${head}\r\nconnection: close\r\n\r\n`),
      ).then(statusOf);
    assert.equal(await status(`host: 127.0.0.1:${port}`), 200);
    assert.equal(await status('host: evil.example'), 403);
    assert.equal(await status(`host: 127.0.0.1:${port}\r\norigin: https://evil.example`), 403);
    assert.equal((await fetch(`${endpoint}/metrics`, { method: 'POST' })).status, 405);

    endpoint = await receive(true);
    assert.equal((await fetch(`${endpoint}/metrics`)).status, 401);
    const { receiver } = await link.call('services/status', {});
    assert.ok(receiver.state === 'receiving' && receiver.token !== null);
    const headers = { authorization: `Bearer ${receiver.token}` };
    assert.equal((await fetch(`${endpoint}/metrics`, { headers })).status, 200);
  });

  it('gives a real Prometheus exemplars that lead to the trace', async function () {
    if (spawnSync('prometheus', ['--version']).status !== 0) skip(this, 'there is no prometheus here');
    await measured();
    await using prometheus = await startPrometheus(endpoint);
    const query = 'gen_ai_client_operation_duration_seconds_bucket';
    for (;;) {
      const exemplars = await prometheus.exemplars(query);
      const ids = exemplars.map(({ labels }) => labels['trace_id']);
      if (ids.length > 0) {
        assert.deepEqual([...new Set(ids)], [TRACE]);
        break;
      }
      await systemClock.sleep(100);
    }
    assert.deepEqual(await prometheus.values('touchstone_receiver_spans_total'), ['1']);
    assert.deepEqual(served.spans(TRACE), ['chat gpt-5-mini']);
  });
});

interface Exemplar {
  labels: { [name: string]: string };
}

/** Scrapes the endpoint four times a second. Ends with its block. */
async function startPrometheus(endpoint: string) {
  const folder = temporaryFolder();
  const config = path.join(folder, 'prometheus.yml');
  const target = new URL(endpoint).host;
  writeFileSync(
    config,
    `global: { scrape_interval: 250ms }\nscrape_configs: [{ job_name: t, static_configs: [{ targets: ['${target}'] }] }]\n`,
  );
  const at = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=${at}`,
      '--enable-feature=exemplar-storage',
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');

  async function ask<T>(route: string, query: string): Promise<T[]> {
    const now = Date.now() / 1_000;
    const range = new URLSearchParams({ query, start: String(now - 600), end: String(now + 600) });
    try {
      const response = await fetch(`http://${at}/api/v1/${route}?${range}`);
      const { data } = (await response.json()) as { data?: T[] | { result: T[] } };
      return data === undefined ? [] : Array.isArray(data) ? data : data.result;
    } catch {
      // It has not begun to listen.
      assert.equal(child.exitCode, null, 'prometheus has ended');
      return [];
    }
  }

  return {
    exemplars: async (query: string) =>
      (await ask<{ exemplars: Exemplar[] }>('query_exemplars', query)).flatMap(({ exemplars }) => exemplars),
    values: async (query: string) =>
      (await ask<{ value: [number, string] }>('query', query)).map(({ value }) => value[1]),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function call(): string {
  const end = BigInt(Date.now()) * 1_000_000n;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = {
    ...{ traceId: TRACE, spanId: 'eee19b7ec3c1b174', name: 'chat gpt-5-mini', kind: 3 },
    startTimeUnixNano: String(end - 1_500_000_000n),
    endTimeUnixNano: String(end),
    attributes: [text('gen_ai.operation.name', 'chat'), text('gen_ai.request.model', 'gpt-5-mini')],
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}
