import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { ConfigError } from '../../../../src/engine/errors.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { JsonValue } from '../../../../src/engine/model/json.ts';
import type { Output } from '../../../../src/engine/model/output.ts';
import {
  type Clock,
  fixedEnvironment,
  noSpan,
  type Span,
  systemClock,
} from '../../../../src/engine/ports.ts';
import { createHttpTarget, type HttpTargetOptions } from '../../../../src/engine/targets/http/httpTarget.ts';
import type { TargetContext } from '../../../../src/engine/targets/target.ts';
import { type AgentServer, startAgentServer } from '../../../support/agentServer.ts';
import { stillGuards } from '../../../support/stillGuards.ts';
import { manualClock } from '../../models/manualClock.ts';

const span: Span = {
  ...noSpan,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  baggage: 'touchstone.case=greeting',
};
/** A reference to an environment variable, as a suite writes it. */
const fromEnv = (name: string) => `\${env:${name}}`;
const hello: GoldenCase = { id: 'greeting', input: 'hello' };

function target(url: string, options: Partial<HttpTargetOptions> = {}, clock = systemClock) {
  return createHttpTarget(
    { name: 'agent', url, ...options },
    { clock, guards: stillGuards(clock), environment: fixedEnvironment({ AGENT_KEY: 'k-123' }) },
  );
}

function call(
  { url }: { url: string },
  options: Partial<HttpTargetOptions> = {},
  context: Partial<TargetContext> & { golden?: GoldenCase; clock?: typeof systemClock } = {},
): Promise<Output> {
  const { golden = hello, clock, ...rest } = context;
  return target(url, options, clock).call(
    { case: golden, trial: 0, seed: 7 },
    { signal: new AbortController().signal, span, timeoutMs: 15_000, ...rest },
  );
}

function errorOf(output: Output) {
  assert.equal(output.status, 'error', `expected an error, got ${JSON.stringify(output)}`);
  return output.error;
}

function first(server: AgentServer) {
  const [received] = server.calls;
  assert.ok(received);
  return received;
}

/** Answers once with the given status, headers and body. */
const respond =
  (status: number, headers: { [name: string]: string }, body: string | Buffer = '') =>
  (_call: unknown, response: ServerResponse) => {
    response.writeHead(status, headers).end(body);
  };

describe('http target', () => {
  it('posts the request document and reads the reply document', async () => {
    await using server = await startAgentServer(() => ({
      output: 'Hello!',
      tool_calls: [{ name: 'greet', arguments: { name: 'you' } }],
      steps: [{ type: 'tool', name: 'greet', latency_ms: 1.5 }],
      usage: { input_tokens: 12, output_tokens: 3 },
      cost_usd: 0.0002,
      finish_reason: 'stop',
      model: 'small',
      something_new: true,
    }));
    const output = await call(server);
    const { method, headers, body } = first(server);
    assert.equal(method, 'POST');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['traceparent'], span.traceparent);
    assert.equal(headers['baggage'], span.baggage);
    assert.deepEqual(JSON.parse(body), {
      version: 1,
      input: 'hello',
      case_id: 'greeting',
      trial: 0,
      seed: 7,
    });
    assert.ok(output.latencyMs > 0);
    assert.deepEqual(
      { ...output, latencyMs: 0 },
      {
        status: 'complete',
        text: 'Hello!',
        toolCalls: [{ name: 'greet', arguments: { name: 'you' } }],
        steps: [{ type: 'tool', name: 'greet', latencyMs: 1.5 }],
        usage: { inputTokens: 12, outputTokens: 3 },
        costUsd: 0.0002,
        finishReason: 'stop',
        model: 'small',
        latencyMs: 0,
      },
    );
  });

  it('fills a body template with values that stay values', async () => {
    await using server = await startAgentServer(() => ({ choices: [{ text: 'ok' }] }));
    const golden = { id: 'tpl', input: { question: 'What is {{case_id}}?', shop: { id: 4 } } };
    const body = {
      q: '{{question}}',
      all: '{{ input }}',
      note: 'Shop {{shop.id}} asks: {{question}}',
      nested: [{ seed: '{{seed}}' }, 5, null],
    };
    const output = await call(server, { body, response: { text: 'choices[0].text' } }, { golden });
    assert.deepEqual(JSON.parse(first(server).body), {
      q: 'What is {{case_id}}?',
      all: golden.input,
      note: 'Shop 4 asks: What is {{case_id}}?',
      nested: [{ seed: 7 }, 5, null],
    });
    assert.equal(output.text, 'ok');
  });

  it('sends a text body as text', async () => {
    await using server = await startAgentServer((_call, response) => void response.end('Fine.'));
    const output = await call(server, { body: 'Say: {{input}}', reply: 'text', method: 'PUT' });
    assert.equal(first(server).body, 'Say: hello');
    assert.match(first(server).headers['content-type'] ?? '', /^text\/plain/);
    assert.equal(first(server).method, 'PUT');
    assert.equal(output.text, 'Fine.');
  });

  it('says which placeholder the case cannot fill', async () => {
    await using server = await startAgentServer(() => ({ output: '' }));
    await assert.rejects(
      call(server, { body: { q: '{{question}}' } }),
      (error) => error instanceof ConfigError && /\{\{question\}\}.*"greeting"/.test(error.message),
    );
    assert.equal(server.calls.length, 0);
  });

  it('reads the answer at a pointer, and says when nothing is there', async () => {
    await using server = await startAgentServer(() => ({ 'a/b': [{ answer: { ok: true } }] }));
    const found = await call(server, { response: { text: '/a~1b/0/answer' } });
    assert.equal(found.status, 'complete');
    assert.deepEqual(found.json, { ok: true });
    const missing = errorOf(await call(server, { response: { text: '/a~1b/1/answer' } }));
    assert.equal(missing.code, 'protocol');
    assert.match(missing.message, /no value at/);
    assert.match(
      errorOf(await call(server, { response: { text: 'constructor.name' } })).message,
      /no value at/,
    );
  });

  it('takes header values from the environment, and never shows them', async () => {
    await using server = await startAgentServer(() => ({ output: 'ok' }));
    const headers = { Authorization: `Bearer ${fromEnv('AGENT_KEY')}` };
    await call(server, { headers });
    assert.equal(first(server).headers.authorization, 'Bearer k-123');
    assert.throws(() => target(server.url, { headers: { 'x-key': fromEnv('NOT_SET') } }), /NOT_SET/);
    const broken = () => target(server.url, { headers: { 'x-key': 'line\nbreak' } });
    assert.throws(broken, (error) => error instanceof ConfigError && !/break"/.test(error.message));
  });

  it('refuses a URL that is none, has another scheme, or holds a password', () => {
    for (const url of ['agent', 'file:///etc/passwd', 'http://me:secret@127.0.0.1/']) {
      assert.throws(
        () => target(url),
        (error) => error instanceof ConfigError && !error.message.includes('secret'),
      );
    }
  });

  it('maps each refusal to a code and says whether it may pass', async () => {
    const expected: [number, string, boolean][] = [
      [400, 'bad-request', false],
      [401, 'auth', false],
      [403, 'auth', false],
      [404, 'not-found', false],
      [408, 'timeout', true],
      [422, 'bad-request', false],
      [429, 'rate-limit', true],
      [500, 'server', true],
      [503, 'server', true],
    ];
    for (const [status, code, transient] of expected) {
      await using server = await startAgentServer(respond(status, {}, 'the index is missing'));
      const error = errorOf(await call(server));
      assert.deepEqual([error.code, error.transient], [code, transient], `status ${status}`);
      assert.match(error.message, new RegExp(`${status}.*the index is missing`));
      assert.equal(server.calls.length, status === 429 || status === 503 ? 4 : 1);
    }
  });

  it('asks again after what Retry-After says, within its time, and counts the calls', async () => {
    let made = 0;
    await using server = await startAgentServer((_call, response) => {
      made += 1;
      if (made > 2) return { output: 'fine' };
      response.writeHead(made === 1 ? 429 : 503, { 'retry-after': '2' }).end('busy');
      return undefined;
    });
    const clock = manualClock(10_000);
    const output = await call(server, {}, { clock });
    assert.equal(output.text, 'fine');
    assert.equal(output.attempts, 3);
    assert.ok(clock.monotonic() >= 4000, 'it waited twice');
  });

  it('begins no wait that would outlast its time, however long it is', async () => {
    for (const after of ['600', '9000000000000', 'Fri, 31 Dec 9999 23:59:59 GMT']) {
      await using server = await startAgentServer(respond(429, { 'retry-after': after }, 'busy'));
      assert.match(errorOf(await call(server)).message, /429.*the limit resets in .* but only/);
      assert.equal(server.calls.length, 1);
    }
  });

  it('refuses a stream of events, even one that never ends, and says what to do', async () => {
    await using server = await startAgentServer((_call, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.write('data: {"delta":"h"}\n\n');
      return undefined;
    });
    const error = errorOf(await call(server));
    assert.equal(error.code, 'protocol');
    assert.match(error.message, /text\/event-stream.*"stream": false/);
  });

  it('follows no redirect, so that no key leaves for another place', async () => {
    await using other = await startAgentServer(() => ({ output: 'stolen' }));
    await using server = await startAgentServer(respond(307, { location: other.url }));
    const error = errorOf(
      await call(server, { headers: { authorization: `Bearer ${fromEnv('AGENT_KEY')}` } }),
    );
    assert.equal(error.code, 'redirect');
    assert.match(error.message, /not followed/);
    assert.equal(other.calls.length, 0);
  });

  it('limits the reply by what it unpacks to', async () => {
    const large = JSON.stringify({ output: 'x'.repeat(1_000_000) });
    const limit = { maxResponseBytes: 50_000 };
    const chunked = (_call: unknown, response: ServerResponse) => {
      response.write(large);
      response.end();
    };
    for (const script of [
      () => JSON.parse(large),
      chunked,
      respond(200, { 'content-encoding': 'gzip' }, gzipSync(large)),
    ]) {
      await using server = await startAgentServer(script);
      assert.equal(errorOf(await call(server, limit)).code, 'too-large');
      assert.equal((await call(server)).text.length, 1_000_000);
    }
  });

  it('unpacks gzip, deflate and Brotli, and says when it cannot', async () => {
    const plain = JSON.stringify({ output: 'packed' });
    for (const [encoding, pack] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ] as const) {
      await using server = await startAgentServer(
        respond(200, { 'content-encoding': encoding }, pack(plain)),
      );
      assert.equal((await call(server)).text, 'packed');
      assert.ok(first(server).headers['accept-encoding']?.includes(encoding));
    }
    await using broken = await startAgentServer(respond(200, { 'content-encoding': 'gzip' }, plain));
    assert.match(errorOf(await call(broken)).message, /cannot be unpacked/);
  });

  it('reports a reply that is not UTF-8, not JSON, or cut short', async () => {
    const cut = (_call: unknown, response: ServerResponse) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"output": "ha');
      response.destroy();
    };
    for (const [script, code] of [
      [respond(200, {}, Buffer.from([0x22, 0xff, 0x22])), 'protocol'],
      [respond(200, {}, '<html>'), 'protocol'],
      [respond(200, {}, ''), 'protocol'],
      [cut, 'network'],
    ] as const) {
      await using server = await startAgentServer(script);
      assert.equal(errorOf(await call(server)).code, code);
    }
  });

  it('says when nobody listens', async () => {
    let url: string;
    {
      await using server = await startAgentServer(() => ({}));
      url = server.url;
    }
    const error = errorOf(await call({ url: `${url}?key=hidden` }));
    assert.equal(error.code, 'network');
    assert.equal(error.transient, true);
    assert.match(error.message, /refuses connections/);
    assert.doesNotMatch(error.message, /hidden/);
  });

  it('gives up at its time limit, before the reply and in the middle of it', async () => {
    const expireAtOnce: Clock = {
      ...systemClock,
      after: (ms, work) => systemClock.after(Math.min(ms, 20), work),
    };
    for (const script of [
      () => undefined,
      (_call: unknown, response: ServerResponse) => void response.write('{"output":'),
    ]) {
      await using server = await startAgentServer(script);
      const error = errorOf(await call(server, {}, { clock: expireAtOnce }));
      assert.equal(error.code, 'timeout');
      assert.equal(error.transient, true);
    }
  });

  it('stops at an abort with its reason', async () => {
    const controller = new AbortController();
    await using server = await startAgentServer(() => void controller.abort(new Error('stopped')));
    await assert.rejects(call(server, {}, { signal: controller.signal }), /stopped/);
    await assert.rejects(call(server, {}, { signal: controller.signal }), /stopped/);
    assert.equal(server.calls.length, 1);
  });

  it('keeps its connection for the next call', async () => {
    await using server = await startAgentServer(() => ({ output: 'ok' }));
    const agent = target(server.url);
    const context = { signal: new AbortController().signal, span, timeoutMs: 15_000 };
    for (let index = 0; index < 20; index += 1) {
      const output = await agent.call({ case: hello, trial: 0, seed: 7 }, context);
      assert.equal(output.text, 'ok');
    }
    await agent.close();
    assert.ok(server.connections <= 3, `${server.connections} connections for 20 calls`);
  });

  it('has a hash that follows what is sent, not the value of a key', () => {
    const hash = (body: JsonValue, key: string) =>
      createHttpTarget(
        { name: 'a', url: 'http://127.0.0.1/', body, headers: { 'x-key': fromEnv('KEY') } },
        { clock: systemClock, guards: stillGuards(), environment: fixedEnvironment({ KEY: key }) },
      ).hash;
    assert.equal(hash('{{input}}', 'one'), hash('{{input}}', 'two'));
    assert.notEqual(hash('{{input}}', 'one'), hash('Please: {{input}}', 'one'));
  });
});
