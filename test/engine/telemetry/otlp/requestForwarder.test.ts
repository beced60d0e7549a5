import assert from 'node:assert/strict';
import { fixedEnvironment, systemClock } from '../../../../src/engine/ports.ts';
import { createOtlpClient } from '../../../../src/engine/telemetry/otlp/otlpClient.ts';
import { RequestForwarder } from '../../../../src/engine/telemetry/otlp/requestForwarder.ts';
import { forwardSettings } from '../../../../src/services/forwardSettings.ts';
import { type CollectorReply, startCollector } from '../../../support/collectorServer.ts';
import { agentRequest } from '../../../support/otlp/agentSpans.ts';
import { encodeRequest } from '../../../support/otlp/encodeRequest.ts';

const random = { next: () => 0, hex: () => '00' };
const environment = fixedEnvironment({ LANGSMITH_API_KEY: 'ls-key', LANGFUSE: 'cGs6c2s=' });

const owner = { url: '--forward', headers: '--forward-header' };

function forwarder(
  url: string,
  headers: { [name: string]: string },
  losses: string[] = [],
): RequestForwarder {
  const settings = forwardSettings({ url, headers, owner }, environment);
  return new RequestForwarder(createOtlpClient(settings, { clock: systemClock, random }), (reason) =>
    losses.push(reason),
  );
}

const protobuf = {
  signal: 'traces',
  encoding: 'protobuf',
  body: encodeRequest(agentRequest(0, 4, 1.8e12), 'protobuf'),
} as const;
const json = {
  signal: 'traces',
  encoding: 'json',
  body: encodeRequest(agentRequest(4, 4, 1.8e12), 'json'),
} as const;

describe('what is received and sent on', () => {
  it('reaches LangSmith as it came, with the key and the project', async () => {
    await using server = await startCollector();
    const forward = forwarder(`${server.url}/otel`, {
      'x-api-key': '${env:LANGSMITH_API_KEY}',
      'Langsmith-Project': 'support',
    });
    forward.offer(protobuf);
    forward.offer(json);
    await forward.flush();

    assert.deepEqual(
      server.requests.map(({ path, headers }) => [
        path,
        headers['content-type'],
        headers['x-api-key'],
        headers['langsmith-project'],
      ]),
      [
        ['/otel/v1/traces', 'application/x-protobuf', 'ls-key', 'support'],
        ['/otel/v1/traces', 'application/json', 'ls-key', 'support'],
      ],
    );
    assert.deepEqual(
      server.requests.map(
        ({ body }) => Buffer.compare(body, protobuf.body) === 0 || Buffer.compare(body, json.body) === 0,
      ),
      [true, true],
    );
    assert.deepEqual(forward.outcome, { sent: 2, failed: 0, dropped: 0, waiting: 0, reason: null });
  });

  it('reaches Langfuse with the version of its ingestion', async () => {
    await using server = await startCollector();
    for (const ending of ['', '/v1/traces']) {
      const url = `${server.url}/api/public/otel${ending}`;
      const forward = forwarder(url, { Authorization: 'Basic ${env:LANGFUSE}' });
      forward.offer(protobuf);
      await forward.flush();
    }

    for (const { path, headers } of server.requests) {
      assert.equal(path, '/api/public/otel/v1/traces');
      assert.equal(headers['authorization'], 'Basic cGs6c2s=');
      assert.equal(headers['x-langfuse-ingestion-version'], '4');
    }
    assert.equal(server.requests.length, 2);
  });

  it('is sent again where the other side is busy, and lost where it refuses, without a key in the reason', async () => {
    const script: CollectorReply[] = [
      { status: 503 },
      {},
      { status: 401, body: 'bad key ls-key', headers: { 'content-type': 'text/plain' } },
    ];
    await using server = await startCollector((_request, index) => script[index] ?? {});
    const losses: string[] = [];
    const forward = forwarder(server.url, { 'x-api-key': '${env:LANGSMITH_API_KEY}' }, losses);
    for (const request of [protobuf, json]) forward.offer(request);
    await forward.flush();

    assert.equal(server.requests.length, 3);
    assert.deepEqual([forward.outcome.sent, forward.outcome.failed], [1, 1]);
    assert.deepEqual(losses, ['HTTP 401: bad key [key]']);
  });

  it('never holds up who offers: what does not fit is dropped', async () => {
    await using server = await startCollector(() => ({ hang: true }));
    const losses: string[] = [];
    const forward = forwarder(server.url, {}, losses);
    for (let count = 0; count < 5; count += 1)
      forward.offer({ ...protobuf, body: new Uint8Array(10 * 1024 * 1024) });

    assert.equal(forward.outcome.dropped, 2);
    assert.equal(losses.length, 1);
    forward.close();
    await forward.flush();
  });
});
