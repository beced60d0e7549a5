import assert from 'node:assert/strict';
import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import { ModelError, type ModelRequest } from '../../../src/engine/models/modelClient.ts';
import type { ProviderConfig } from '../../../src/engine/models/modelProvider.ts';
import { fixedEnvironment, noLog, noSpan, type Span } from '../../../src/engine/ports.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../support/openaiServer.ts';
import { countingRandom, type ManualClock, manualClock } from './manualClock.ts';
import { recordingSpan } from './recordingSpan.ts';

const fromEnv = (name: string) => `\${env:${name}}`;
const KEY = 'sk-very-secret-key';
const HELLO: ModelRequest = { messages: [{ role: 'user', content: 'hello' }], parameters: {} };

describe('the OpenAI-compatible client', () => {
  const servers: OpenAiServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  interface Setup {
    config?: Partial<ProviderConfig>;
    clock?: ManualClock;
    span?: Span;
    timeoutMs?: number;
    signal?: AbortSignal;
    request?: ModelRequest;
    random?: number[];
  }

  async function serve(script: Script[]): Promise<OpenAiServer> {
    const server = await startOpenAiServer(script);
    servers.push(server);
    return server;
  }

  function ask(server: OpenAiServer, setup: Setup = {}) {
    const catalog = createModelCatalog(
      { scripted: { baseUrl: server.baseUrl, apiKey: fromEnv('KEY'), ...setup.config } },
      {
        environment: fixedEnvironment({ KEY, OTHER: 'other-secret' }),
        clock: setup.clock ?? manualClock(10_000),
        random: countingRandom(setup.random),
        log: noLog,
      },
    );
    return catalog.client('scripted/tiny').complete(setup.request ?? HELLO, {
      signal: setup.signal ?? new AbortController().signal,
      span: setup.span ?? noSpan,
      timeoutMs: setup.timeoutMs ?? 60_000,
    });
  }

  async function failure(call: Promise<unknown>): Promise<ModelError> {
    const error = await call.then(
      () => assert.fail('the call should have failed'),
      (reason: unknown) => reason,
    );
    assert(error instanceof ModelError, `${error}`);
    return error;
  }

  describe('replies', () => {
    for (const stream of [true, false]) {
      it(`reads text, usage, model and cost (stream: ${stream})`, async () => {
        const server = await serve([
          { text: 'Good morning, Zoë 👋', usage: { input: 1000, output: 200, cached: 400, reasoning: 50 } },
        ]);
        const reply = await ask(server, {
          config: { stream, prices: { tiny: { input: 1, output: 10, cachedInput: 0.1 } } },
        });
        assert.deepEqual(reply, {
          status: 'complete',
          text: 'Good morning, Zoë 👋',
          toolCalls: [],
          usage: { inputTokens: 1000, outputTokens: 200, cachedInputTokens: 400, reasoningTokens: 50 },
          costUsd: 0.00264,
          model: 'tiny-2026-01-01',
          responseId: 'chatcmpl-scripted',
          latencyMs: 0,
          firstTokenMs: stream ? 0 : null,
          finishReason: 'stop',
        });
        assert.equal(server.requests[0]?.body.stream, stream);
      });

      it(`assembles tool calls, parses their arguments and keeps what is not JSON (stream: ${stream})`, async () => {
        const server = await serve([
          {
            toolCalls: [
              { id: 'call_a', name: 'lookup', arguments: '{"order":{"id":9007199254740993,"lines":[1,2]}}' },
              { id: 'call_b', name: 'broken', arguments: '{"half": ' },
              { id: 'call_c', name: 'bare', arguments: '' },
            ],
          },
        ]);
        const reply = await ask(server, { config: { stream } });
        assert.deepEqual(reply.toolCalls, [
          { id: 'call_a', name: 'lookup', arguments: { order: { id: '9007199254740993', lines: [1, 2] } } },
          { id: 'call_b', name: 'broken', arguments: '{"half": ' },
          { id: 'call_c', name: 'bare', arguments: {} },
        ]);
        assert.equal(reply.finishReason, 'tool_calls');
      });

      it(`tells a refusal from an answer (stream: ${stream})`, async () => {
        const server = await serve([{ refusal: 'I cannot help with that.' }]);
        const reply = await ask(server, { config: { stream } });
        assert.equal(reply.status, 'refused');
        assert.equal(reply.text, 'I cannot help with that.');
      });
    }

    it('reads tool calls from a server that sends them whole and without an index', async () => {
      const delta = (calls: object[]) => ({
        choices: [{ index: 0, delta: { tool_calls: calls }, finish_reason: null }],
      });
      const events = [
        delta([{ id: 'a', function: { name: 'one', arguments: '{"x":1}' } }]),
        delta([{ id: 'b', function: { name: 'two', arguments: '{"y":' } }]),
        delta([{ function: { arguments: '2' } }]),
        delta([{ id: 'a', function: { arguments: ' ' } }]),
        delta([{ id: 'b', function: { arguments: '}' } }]),
        { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
      ];
      const raw = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
      const server = await serve([{ raw, contentType: 'text/event-stream' }]);
      const reply = await ask(server);
      assert.deepEqual(reply.toolCalls, [
        { id: 'a', name: 'one', arguments: { x: 1 } },
        { id: 'b', name: 'two', arguments: { y: 2 } },
      ]);
      assert.equal(reply.model, 'tiny', 'a server that names no model is taken at the requested name');
    });

    it('keeps usage and cost unknown when the server reports none', async () => {
      const server = await serve([{ text: 'hi', usage: null }]);
      const reply = await ask(server, { config: { prices: { tiny: { input: 1, output: 1 } } } });
      assert.equal(reply.usage, null);
      assert.equal(reply.costUsd, null);
    });

    it('is complete with a finish reason, even without usage and [DONE]', async () => {
      const server = await serve([{ text: 'hi', withoutDone: true }]);
      const reply = await ask(server);
      assert.equal(reply.status, 'complete');
      assert.equal(reply.usage, null);
    });

    it('measures the first token and the reply on the given clock', async () => {
      const gate = Promise.withResolvers<void>();
      const server = await serve([{ text: 'late', after: gate.promise }]);
      const clock = manualClock(0);
      const call = ask(server, { clock });
      await server.received(1);
      clock.advance(1234);
      gate.resolve();
      const reply = await call;
      assert.equal(reply.firstTokenMs, 1234);
      assert.equal(reply.latencyMs, 1234);
      assert.equal(clock.waiting, 0, 'the time limit of an ended call is let go');
    });
  });

  describe('broken streams', () => {
    for (const cut of ['socket', 'end', 'error-event', 'malformed'] as const) {
      it(`calls a reply incomplete and asks no second time (${cut})`, async () => {
        const server = await serve([{ text: 'The refund is 40', cut }, { text: 'never asked for' }]);
        const reply = await ask(server);
        assert.equal(reply.status, 'incomplete');
        assert.equal(reply.text, 'The refund is 40');
        assert.equal(reply.finishReason, null);
        assert.equal(reply.usage, null);
        assert.equal(server.requests.length, 1);
      });
    }

    it('calls an unstreamed reply without a finish reason incomplete', async () => {
      const server = await serve([{ text: 'half', cut: 'end' }]);
      const reply = await ask(server, { config: { stream: false } });
      assert.equal(reply.status, 'incomplete');
    });

    it('asks again when the stream broke before its first token', async () => {
      const server = await serve([
        { text: 'x', cut: 'before-tokens' },
        { destroy: true },
        { text: 'third time lucky' },
      ]);
      const clock = manualClock(10_000);
      const reply = await ask(server, { clock });
      assert.equal(reply.text, 'third time lucky');
      assert.deepEqual(clock.sleeps, [250, 500]);
    });

    it('calls a page that is no event stream a protocol error', async () => {
      const server = await serve([
        { raw: '<html>Sign in to the hotel network</html>', contentType: 'text/html' },
      ]);
      const error = await failure(ask(server));
      assert.equal(error.code, 'protocol');
      assert.equal(server.requests.length, 1);
    });

    it('takes the whole reply of a server that does not stream', async () => {
      const message = { role: 'assistant', content: 'whole' };
      const raw = JSON.stringify({
        id: 'x',
        model: 'tiny-1',
        choices: [{ index: 0, finish_reason: 'stop', message }],
        usage: { prompt_tokens: 3, completion_tokens: 1 },
      });
      const server = await serve([{ raw, contentType: 'application/json; charset=utf-8' }]);
      const reply = await ask(server);
      assert.equal(server.requests[0]?.body.stream, true);
      assert.equal(reply.status, 'complete');
      assert.equal(reply.text, 'whole');
      assert.equal(reply.model, 'tiny-1');
      assert.deepEqual(reply.usage, { inputTokens: 3, outputTokens: 1 });
      assert.equal(reply.firstTokenMs, null);
    });

    it('calls a whole reply that is no chat completion a protocol error', async () => {
      for (const raw of ['{"detail":"ok"}', 'null', '{"choices":[']) {
        const server = await serve([{ raw, contentType: 'application/json' }]);
        assert.equal((await failure(ask(server))).code, 'protocol', raw);
        assert.equal(server.requests.length, 1);
      }
    });

    it('calls an unstreamed reply without choices a protocol error', async () => {
      const server = await serve([{ raw: '{"object":"chat.completion"}', contentType: 'application/json' }]);
      assert.equal((await failure(ask(server, { config: { stream: false } }))).code, 'protocol');
    });
  });

  describe('errors', () => {
    const final = {
      400: 'bad-request',
      401: 'auth',
      403: 'auth',
      404: 'not-found',
      422: 'bad-request',
    } as const;
    for (const [status, code] of Object.entries(final)) {
      it(`does not repeat a ${status}`, async () => {
        const server = await serve([{ status: Number(status), param: 'temperature' }, { text: 'never' }]);
        const clock = manualClock(10_000);
        const error = await failure(ask(server, { clock }));
        assert.equal(error.code, code);
        assert.equal(error.status, Number(status));
        assert.equal(error.parameter, 'temperature');
        assert.equal(error.transient, false);
        assert.equal(server.requests.length, 1);
        assert.deepEqual(clock.sleeps, []);
      });
    }

    it('gives up on a server that keeps failing, after four attempts', async () => {
      const server = await serve([500, 503, 502, 500, 200].map((status) => ({ status })));
      const error = await failure(ask(server));
      assert.equal(error.code, 'server');
      assert.equal(error.transient, true);
      assert.match(error.message, /after 4 attempts/);
      assert.equal(server.requests.length, 4);
    });

    it('draws each wait from 0 to a limit that doubles', async () => {
      const clock = manualClock(10_000);
      const server = await serve([500, 500, 500, 500].map((status) => ({ status })));
      await failure(ask(server, { clock, random: [0, 0.999, 0.5] }));
      assert.deepEqual(clock.sleeps, [0, 999, 1000]);
    });

    it('does not begin a wait that its time limit would cut off', async () => {
      const clock = manualClock(100);
      const server = await serve([{ status: 503 }]);
      const error = await failure(ask(server, { clock, timeoutMs: 200 }));
      assert.equal(error.code, 'server');
      assert.match(error.message, /after 1 attempt; only 0\.2 s of the call's time are left/);
      assert.deepEqual(clock.sleeps, []);
    });

    it('does not repeat a spent quota', async () => {
      const server = await serve([{ status: 429, code: 'insufficient_quota' }]);
      const error = await failure(ask(server));
      assert.equal(error.code, 'spent');
      assert.equal(error.transient, false);
      assert.equal(server.requests.length, 1);
    });

    it('says why there is no connection', async () => {
      const server = await serve([]);
      await server.close();
      const error = await failure(ask(server));
      assert.equal(error.code, 'network');
      assert.match(error.message, /ECONNREFUSED/);
      assert.ok(error.message.includes(server.baseUrl), error.message);
    });
  });

  describe('Retry-After', () => {
    const limited = (value: string): Script[] => [
      { status: 429, headers: { 'retry-after': value } },
      { text: 'ok' },
    ];

    for (const [value, waited] of [
      ['600', 600_000],
      ['90', 90_000],
      ['0', 0],
      ['1.5', 1500],
      ['Thu, 05 Nov 2026 12:02:00 GMT', 120_000],
      ['Thu, 05 Nov 2026 11:00:00 GMT', 0],
      ['-5', 250],
      ['soon', 250],
    ] as const) {
      it(`waits ${waited} ms for “${value}” within the deadline`, async () => {
        const server = await serve(limited(value));
        const clock = manualClock(700_000);
        const reply = await ask(server, { clock, timeoutMs: 1_000_000 });
        assert.equal(reply.text, 'ok');
        assert.deepEqual(clock.sleeps, [waited]);
      });
    }

    for (const [retryDelay, waited] of [
      ['34.5s', 34_500],
      ['0s', 0],
      ['1m', 250],
      [30, 250],
    ] as const)
      it(`reads Google's wait in place of a header, and its error in a list: ${retryDelay}`, async () => {
        const error = { code: 429, message: 'exhausted', details: [{ '@type': 'Help' }, { retryDelay }] };
        const raw = JSON.stringify([{ error }]);
        const server = await serve([
          { raw, contentType: 'application/json', answered: 429 },
          { raw, contentType: 'application/json', answered: 429 },
          { text: 'ok' },
        ]);
        const clock = manualClock(700_000);
        await ask(server, { clock, timeoutMs: 1_000_000 });
        assert.equal(clock.sleeps[0], waited);
        const message = await failure(
          ask(await serve([{ raw, contentType: 'application/json', answered: 400 }])),
        );
        assert.equal(message.message, '400 exhausted');
      });

    it('prefers the finer header', async () => {
      const server = await serve([
        { status: 429, headers: { 'retry-after': '9', 'retry-after-ms': '40' } },
        { text: 'ok' },
      ]);
      const clock = manualClock(10_000);
      await ask(server, { clock });
      assert.deepEqual(clock.sleeps, [40]);
    });

    for (const value of ['600', 'Thu, 05 Nov 2026 12:10:00 GMT']) {
      it(`fails at once, with the reset time, when “${value}” reaches past the deadline`, async () => {
        const server = await serve(limited(value));
        const clock = manualClock(10_000);
        const error = await failure(ask(server, { clock, timeoutMs: 60_000 }));
        assert.equal(error.code, 'rate-limit');
        assert.equal(error.retryAfterMs, 600_000);
        assert.match(error.message, /resets in 600 s, at 2026-11-05T12:10:00\.000Z/);
        assert.equal(server.requests.length, 1);
        assert.deepEqual(clock.sleeps, []);
      });
    }
  });

  describe('a Retry-After that nobody can wait for', () => {
    for (const headers of [
      { 'retry-after': '9000000000000' },
      { 'retry-after': '9'.repeat(400) },
      { 'retry-after-ms': '9000000000000000' },
      { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' },
    ]) {
      it(`fails at once (${JSON.stringify(headers).slice(0, 60)})`, async () => {
        const server = await serve([{ status: 429, headers }, { text: 'never' }]);
        const clock = manualClock(10_000);
        const error = await failure(ask(server, { clock }));
        assert.equal(error.code, 'rate-limit');
        assert.equal(error.retryAfterMs, 31_536_000_000);
        assert.match(error.message, /the limit resets in more than a year, but only 60 s/);
        assert.equal(server.requests.length, 1);
        assert.deepEqual(clock.sleeps, []);
      });
    }

    it('fails after the last attempt, too', async () => {
      const busy = (after: string) => ({ status: 503, headers: { 'retry-after': after } });
      const server = await serve([busy('0'), busy('0'), busy('0'), busy('9000000000000')]);
      const error = await failure(ask(server));
      assert.match(error.message, /\(after 4 attempts\)/);
    });
  });

  describe('time and cancelling', () => {
    it('ends a call that hangs at its time limit', async () => {
      const server = await serve([{ hang: true }]);
      const clock = manualClock(0);
      const call = failure(ask(server, { clock, timeoutMs: 5000 }));
      await server.received(1);
      clock.advance(5000);
      const error = await call;
      assert.equal(error.code, 'timeout');
      assert.match(error.message, /within 5 s/);
      assert.equal(server.requests.length, 1);
    });

    it('ends a stream that stalls after its first tokens, at the time limit', async () => {
      const server = await serve([{ text: 'The refund', cut: 'stall' }]);
      const clock = manualClock(0);
      const { span, spans } = recordingSpan();
      const begun = Promise.withResolvers<void>();
      const watched: Span = {
        ...span,
        child: (...args) => {
          const child = span.child(...args);
          return { ...child, event: () => begun.resolve() };
        },
      };
      const call = failure(ask(server, { clock, timeoutMs: 5000, span: watched }));
      await begun.promise;
      clock.advance(5000);
      assert.equal((await call).code, 'timeout');
      assert.equal(spans[1]?.attributes['error.type'], 'timeout');
      await server.abandoned;
    });

    it("obeys the provider's own time limit when it is shorter", async () => {
      const server = await serve([{ hang: true }]);
      const clock = manualClock(0);
      const call = failure(ask(server, { clock, timeoutMs: 60_000, config: { timeoutMs: 1000 } }));
      await server.received(1);
      clock.advance(1000);
      assert.equal((await call).code, 'timeout');
    });

    it('rejects with the reason of the caller, and closes the connection', async () => {
      const server = await serve([{ hang: true }]);
      const caller = new AbortController();
      const { span, spans } = recordingSpan();
      const call = ask(server, { signal: caller.signal, span });
      await server.received(1);
      const reason = new Error('the person pressed stop');
      caller.abort(reason);
      await assert.rejects(call, (error) => error === reason);
      await server.abandoned;
      assert.equal(spans[1]?.attributes['error.type'], 'cancelled');
      assert.equal(spans[1]?.ended, 1);
    });

    it('makes no call when it is already aborted', async () => {
      const server = await serve([{ text: 'x' }]);
      await assert.rejects(ask(server, { signal: AbortSignal.abort(new Error('late')) }), /late/);
      assert.equal(server.requests.length, 0);
    });

    it('is cancelled while it waits to try again', async () => {
      const server = await serve([{ status: 429, headers: { 'retry-after': '30' } }]);
      const caller = new AbortController();
      const clock = manualClock(0);
      const { span, spans } = recordingSpan();
      const waiting = Promise.withResolvers<void>();
      const sleep = clock.sleep;
      clock.sleep = (ms, signal) => {
        if (ms === 30_000) waiting.resolve();
        return sleep(ms, signal);
      };
      const call = ask(server, { signal: caller.signal, clock, span, timeoutMs: 60_000 });
      await waiting.promise;
      caller.abort(new Error('stop'));
      await assert.rejects(call, /stop/);
      assert.deepEqual(spans[1]?.events[0], {
        name: 'retry',
        attributes: { attempt: 1, wait_ms: 30_000, 'error.type': '429' },
      });
    });
  });

  describe('keys', () => {
    it('sends the key and the configured headers, and nothing of the environment', async () => {
      const server = await serve([{ text: 'x' }]);
      process.env['OPENAI_CUSTOM_HEADERS'] = 'x-leak: yes';
      process.env['OPENAI_ORG_ID'] = 'org-leak';
      try {
        await ask(server, { config: { headers: { 'x-team': fromEnv('OTHER') } } });
      } finally {
        delete process.env['OPENAI_CUSTOM_HEADERS'];
        delete process.env['OPENAI_ORG_ID'];
      }
      const headers = server.requests[0]?.headers ?? {};
      assert.equal(headers['authorization'], `Bearer ${KEY}`);
      assert.equal(headers['x-team'], 'other-secret');
      assert.equal(headers['x-leak'], undefined);
      assert.equal(headers['openai-organization'], undefined);
      assert.equal(Object.keys(headers).filter((name) => name.startsWith('x-stainless')).length, 0);
    });

    it('sends no authorization where no key is configured', async () => {
      const server = await serve([{ text: 'x' }]);
      const catalog = createModelCatalog(
        { local: { baseUrl: server.baseUrl } },
        { environment: fixedEnvironment({}), clock: manualClock(0), random: countingRandom(), log: noLog },
      );
      const options = { signal: new AbortController().signal, span: noSpan, timeoutMs: 1000 };
      assert.equal((await catalog.client('local/tiny').complete(HELLO, options)).text, 'x');
      assert.equal('authorization' in (server.requests[0]?.headers ?? {}), false);
    });

    for (const status of [301, 302, 303, 307, 308]) {
      it(`does not follow a ${status}, neither with nor without the key`, async () => {
        const thief = await serve([{ text: 'thanks for the key' }]);
        const server = await serve([{ status, headers: { location: `${thief.baseUrl}/chat/completions` } }]);
        const error = await failure(ask(server));
        assert.equal(error.code, 'protocol');
        assert.match(error.message, /redirect/);
        assert.equal(thief.requests.length, 0);
        assert.equal(server.requests.length, 1);
      });
    }

    it('keeps the key out of errors and spans when the provider quotes it', async () => {
      const server = await serve([{ status: 401, message: `Incorrect API key provided: ${KEY}.` }]);
      const { span, spans } = recordingSpan();
      const error = await failure(ask(server, { span }));
      assert.equal(error.message, '401 Incorrect API key provided: [key].');
      assert.equal(error.cause, undefined);
      assert.doesNotMatch(JSON.stringify(spans), new RegExp(KEY));
    });
  });

  describe('the span', () => {
    it('carries the GenAI attributes, and its traceparent reaches the provider', async () => {
      const server = await serve([{ text: 'x', usage: { input: 12, output: 3, cached: 8 } }]);
      const { span, spans } = recordingSpan();
      await ask(server, {
        span,
        request: { ...HELLO, parameters: { temperature: 0.2, maxTokens: 50, stop: ['END'] } },
      });
      const chat = spans[1];
      assert.equal(chat?.name, 'chat tiny');
      assert.equal(chat?.kind, 'client');
      assert.equal(chat?.ended, 1);
      assert.equal(chat?.error, undefined);
      const known = Object.fromEntries(
        Object.entries(chat?.attributes ?? {}).filter(([, value]) => value !== undefined),
      );
      assert.deepEqual(known, {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'scripted',
        'gen_ai.request.model': 'tiny',
        'gen_ai.request.temperature': 0.2,
        'gen_ai.request.max_tokens': 50,
        'gen_ai.request.stop_sequences': ['END'],
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(server.baseUrl).port),
        'gen_ai.response.model': 'tiny-2026-01-01',
        'gen_ai.response.id': 'chatcmpl-scripted',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.usage.output_tokens': 3,
        'gen_ai.usage.cache_read.input_tokens': 8,
      });
      const headers = server.requests[0]?.headers ?? {};
      assert.equal(headers['traceparent'], '00-abcdef0123456789abcdef0123456789-0000000000000002-01');
      assert.equal('baggage' in headers, false);
    });

    it('ends with the error and its type', async () => {
      const server = await serve([{ status: 404 }]);
      const { span, spans } = recordingSpan();
      await failure(ask(server, { span }));
      assert.equal(spans[1]?.attributes['error.type'], '404');
      assert.equal(spans[1]?.error, '404 scripted 404');
    });

    it('is in error when the reply is incomplete', async () => {
      const server = await serve([{ text: 'hal', cut: 'end' }]);
      const { span, spans } = recordingSpan();
      await ask(server, { span });
      assert.equal(spans[1]?.attributes['error.type'], 'incomplete');
      assert.match(spans[1]?.error ?? '', /before the reply was complete/);
    });
  });

  it('sends messages, tools and settings in the API’s shape', async () => {
    const server = await serve([{ text: 'x' }]);
    await ask(server, {
      request: {
        messages: [
          { role: 'developer', content: 'be brief' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'see' },
              { type: 'image', url: 'data:image/png;base64,AAAA' },
            ],
          },
          { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'look', arguments: { at: 1 } }] },
          { role: 'tool', content: 'found', toolCallId: 'c1' },
        ],
        parameters: {
          temperature: 0,
          topP: 0.9,
          maxTokens: 7,
          seed: 42,
          reasoningEffort: 'low',
          extra: { model: 'other', messages: [], tool_choice: 'auto', top_k: 3 },
        },
        tools: [{ name: 'look', description: 'looks', parameters: { type: 'object' }, strict: true }],
        responseFormat: { type: 'json_schema', name: 'answer', schema: { type: 'object' }, strict: true },
      },
    });
    assert.deepEqual(server.requests[0]?.body, {
      tool_choice: 'auto',
      top_k: 3,
      temperature: 0,
      top_p: 0.9,
      max_tokens: 7,
      seed: 42,
      reasoning_effort: 'low',
      tools: [
        {
          type: 'function',
          function: { name: 'look', description: 'looks', parameters: { type: 'object' }, strict: true },
        },
      ],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
      },
      model: 'tiny',
      messages: [
        { role: 'developer', content: 'be brief' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'see' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
        },
        { role: 'tool', content: 'found', tool_call_id: 'c1' },
      ],
      stream: true,
      stream_options: { include_usage: true },
    });
  });
});
