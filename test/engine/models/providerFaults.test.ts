import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import {
  type CallOptions,
  type ModelClient,
  ModelError,
  type ModelReply,
  type ModelRequest,
} from '../../../src/engine/models/modelClient.ts';
import type { ProviderConfig } from '../../../src/engine/models/modelProvider.ts';
import { fixedEnvironment, noLog, noSpan } from '../../../src/engine/ports.ts';
import { ProviderGuards } from '../../../src/engine/resilience/providerGuards.ts';
import { DEFAULT_RESILIENCE } from '../../../src/engine/resilience/resilienceConfig.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../support/openaiServer.ts';
import { stillRandom } from '../../support/stillRandom.ts';
import { manualClock } from './manualClock.ts';

const HELLO: ModelRequest = { messages: [{ role: 'user', content: 'hello' }], parameters: {} };
const NO_RETRY = { ...DEFAULT_RESILIENCE, retry: null };
const DOWN: Script = { status: 500 };
const HOUR = 3_600_000;

describe('a provider that misbehaves', () => {
  const servers: OpenAiServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  /** `now` answers every request, and may be changed. */
  async function provider(first: Script | (() => Script), config: Partial<ProviderConfig> = {}) {
    const state = { now: first };
    const server = await startOpenAiServer(() => (typeof state.now === 'function' ? state.now() : state.now));
    servers.push(server);
    const clock = manualClock(10_000);
    const guards = new ProviderGuards({ clock, random: stillRandom });
    const catalog = createModelCatalog(
      { p: { baseUrl: server.baseUrl, ...config } },
      { environment: fixedEnvironment({}), clock, random: stillRandom, log: noLog, guards },
    );
    const client = catalog.client('p/m');
    const ask = (more: Partial<CallOptions> = {}) => asked(client, more);
    const breaker = () => guards.health().providers[0]?.breaker.state;
    const opened = async () => {
      state.now = DOWN;
      for (let made = 0; made < 5; made++) await failure(ask());
      assert.equal(breaker(), 'open');
    };
    return { state, server, clock, client, guards, ask, breaker, opened };
  }

  function asked(client: ModelClient, more: Partial<CallOptions>): Promise<ModelReply> {
    const { signal } = new AbortController();
    return client.complete(HELLO, { signal, span: noSpan, timeoutMs: 50_000, ...more });
  }

  async function failure(call: Promise<unknown>): Promise<ModelError> {
    const error = await call.then(
      () => assert.fail('the call should have failed'),
      (reason: unknown) => reason,
    );
    assert(error instanceof ModelError, `${error}`);
    return error;
  }

  const limited = (after: string): Script => ({ status: 429, headers: { 'retry-after': after } });

  for (const [after, waitMs] of [
    ['0', 0],
    ['2', 2000],
    ['Thu, 05 Nov 2026 12:00:07 GMT', 7000],
    ['Thu, 05 Nov 2026 11:00:00 GMT', 0],
  ] as const)
    it(`is asked again after Retry-After: ${after}`, async () => {
      const script = [limited(after), { text: 'fine' }];
      const { ask, clock, server } = await provider(() => script.shift() ?? DOWN);
      assert.equal((await ask()).text, 'fine');
      assert.equal(server.requests.length, 2);
      assert.ok(Math.abs(clock.monotonic() - waitMs) < 1000, `${clock.monotonic()} ms`);
    });

  it('is not waited for beyond the time of the call: it fails with the reset time', async () => {
    const { ask, server, clock, state } = await provider(limited('600'));
    const error = await failure(ask());
    assert.match(error.message, /the limit resets in 600 s, at 2026-11-05T12:10:00\.\d+Z, but only 50 s/);

    const next = await failure(ask());
    assert.deepEqual([next.code, next.decision.kind], ['rejected', 'rejected']);
    assert.equal(server.requests.length, 1, 'nobody else asks before that time either');

    clock.advance(600_000);
    state.now = { text: 'fine' };
    assert.equal((await ask()).text, 'fine');
  });

  it('is asked as if nothing had been said where Retry-After is negative', async () => {
    const script = [limited('-5'), { text: 'fine' }];
    const { ask } = await provider(() => script.shift() ?? DOWN);
    assert.equal((await ask()).text, 'fine');
  });

  for (const status of [400, 401, 403, 404, 422])
    it(`is not held responsible for ${status}: neither repeated, nor opening a breaker, nor closing one`, async () => {
      const { ask, server, breaker, state, opened, clock } = await provider(
        { status },
        { resilience: NO_RETRY },
      );
      for (let made = 0; made < 30; made++) assert.equal((await failure(ask())).decision.kind, 'caller');
      assert.deepEqual([server.requests.length, breaker()], [30, 'closed']);

      await opened();
      clock.advance(61_000);
      state.now = { status };
      for (let made = 0; made < 6; made++) assert.equal((await failure(ask())).status, status);
      assert.equal(breaker(), 'half-open');
    });

  it('gets no herd of callers while a probe hangs, nor when it is back', async () => {
    const { ask, server, state, opened, clock, breaker } = await provider(DOWN, {
      resilience: NO_RETRY,
      maxConcurrency: 8,
    });
    await opened();
    clock.advance(61_000);
    const before = server.requests.length;
    const back = Promise.withResolvers<void>();
    let underWay = 0;
    let most = 0;
    const leave = () => {
      underWay -= 1;
    };
    state.now = () => {
      underWay += 1;
      most = Math.max(most, underWay);
      const after = back.promise.then(() => new Promise<void>((resolve) => setTimeout(resolve, 10)));
      return { text: 'fine', after: after.then(leave) };
    };

    const stop = new AbortController();
    const given = Array.from({ length: 100 }, () => ask({ timeoutMs: 300_000, signal: stop.signal }));
    const kept = Array.from({ length: 400 }, () => ask({ timeoutMs: 300_000 }));
    await server.received(before + 3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([server.requests.length - before, breaker()], [3, 'half-open']);

    stop.abort(new Error('enough'));
    for (const call of given) await assert.rejects(call, /enough/);
    back.resolve();
    const replies = await Promise.allSettled(kept);
    assert.ok(replies.every(({ status }) => status === 'fulfilled'));
    assert.ok(most <= 8, `${most} at once`);
  });

  it('is tried anew when a probe never ends', async () => {
    const { ask, state, opened, clock, breaker } = await provider(DOWN, { resilience: NO_RETRY });
    await opened();
    clock.advance(61_000);
    state.now = { hang: true };
    const probe = failure(ask({ timeoutMs: 30_000 }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.advance(30_000);
    assert.equal((await probe).code, 'timeout');
    assert.equal(breaker(), 'open');
    clock.advance(1_000_000);
    state.now = { text: 'fine' };
    for (let made = 0; made < 3; made++) await ask();
    assert.equal(breaker(), 'closed');
  });

  it('may fail now and then, hours apart, and the clock of the wall may jump', async () => {
    const { ask, clock, breaker, opened, state } = await provider(DOWN, { resilience: NO_RETRY });
    for (let made = 0; made < 20; made++) {
      await failure(ask());
      clock.advance(HOUR);
    }
    assert.equal(breaker(), 'closed');

    await opened();
    const { now } = clock;
    clock.now = () => now() - 30 * 24 * HOUR;
    clock.advance(100 * HOUR);
    state.now = { text: 'fine' };
    for (let made = 0; made < 3; made++) await ask();
    assert.equal(breaker(), 'closed');
  });

  it('is not asked while all that it answers is slow, but a long answer that keeps coming is not slow', async () => {
    const { breaker: normal } = DEFAULT_RESILIENCE;
    assert(normal);
    const config = { resilience: { ...NO_RETRY, breaker: { ...normal, minimumCalls: 4, slowMs: 5000 } } };
    const slow = await provider({ text: 'fine' }, config);
    slow.state.now = () => {
      slow.clock.advance(6000);
      return { text: 'fine' };
    };
    for (let made = 0; made < 4; made++) await slow.ask();
    assert.equal(slow.breaker(), 'open');

    const long = await provider({ text: 'a long answer that comes in many pieces' }, config);
    const { signal } = new AbortController();
    for (let made = 0; made < 8; made++)
      for await (const _ of long.client.stream(HELLO, { signal, span: noSpan, timeoutMs: HOUR }))
        long.clock.advance(2000);
    assert.equal(long.breaker(), 'closed');
  });

  it('never has a cut stream taken for an answer, and is held responsible for it', async () => {
    const { ask, server, breaker } = await provider({ text: 'half of it', cut: 'socket' });
    for (let made = 0; made < 5; made++) assert.equal((await ask()).status, 'incomplete');
    assert.deepEqual([server.requests.length, breaker()], [5, 'open']);
  });

  it('is judged by what it says: a spent quota is final, an overload is one whatever its status', async () => {
    const { ask, state, server } = await provider(DOWN, { resilience: { ...NO_RETRY, breaker: null } });
    const said = async (script: Script) => {
      state.now = script;
      const { code, decision } = await failure(ask());
      return [code, decision.kind];
    };
    assert.deepEqual(await said({ status: 429, code: 'insufficient_quota' }), ['spent', 'spent']);
    assert.deepEqual(await said({ status: 503 }), ['server', 'overloaded']);
    assert.deepEqual(await said({ status: 529 }), ['server', 'overloaded']);
    assert.deepEqual(await said({ status: 500, message: 'That model is currently overloaded' }), [
      'server',
      'overloaded',
    ]);
    assert.deepEqual(await said({ status: 400, message: 'the word overloaded' }), ['bad-request', 'caller']);
    assert.deepEqual(await said({ status: 409 }), ['server', 'transient']);

    const event = (error: object): Script => ({
      raw: `data: ${JSON.stringify({ error })}\n\n`,
      contentType: 'text/event-stream',
    });
    const anthropic = { type: 'overloaded_error', message: 'Overloaded' };
    assert.deepEqual(await said(event(anthropic)), ['server', 'overloaded']);
    assert.deepEqual(await said(event({ code: 'rate_limit_exceeded', message: 'x' })), [
      'rate-limit',
      'rate-limited',
    ]);
    assert.deepEqual(await said(event({ code: 502, message: 'x' })), ['server', 'transient']);
    assert.deepEqual(await said(event({ type: 'invalid_request_error', message: 'x' })), [
      'bad-request',
      'caller',
    ]);
    assert.deepEqual(await said(event({ code: 'insufficient_quota', message: 'x' })), ['spent', 'spent']);
    assert.deepEqual(await said({ status: 402, message: 'Insufficient Balance' }), ['spent', 'spent']);
    const low = 'Your credit balance is too low to access the Anthropic API.';
    assert.deepEqual(await said({ status: 400, message: low }), ['spent', 'spent']);
    const reached = 'You have reached your specified API usage limits. You will regain access on 2026-09-01';
    assert.deepEqual(await said({ status: 400, message: reached }), ['spent', 'spent']);
    assert.equal(server.requests.length, 14);
  });

  it('is not counted for calls that were not sent', async () => {
    const { ask, guards, opened } = await provider(DOWN, { resilience: NO_RETRY });
    await opened();
    const calls = () => guards.health().providers[0]?.calls;
    const before = calls();
    for (let made = 0; made < 20; made++) {
      const { code, status, decision } = await failure(ask());
      assert.deepEqual([code, status, decision.kind], ['rejected', undefined, 'rejected']);
    }
    assert.deepEqual(calls(), before);
    assert.equal(guards.health().providers[0]?.totals.rejected, 20);
  });
});
