import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { Redactor } from '../../../src/engine/http/redactor.ts';
import type { GoldenCase } from '../../../src/engine/model/case.ts';
import { emptyOutput, type Output } from '../../../src/engine/model/output.ts';
import { AgentFallbacks } from '../../../src/engine/models/fallbacks/agentFallbacks.ts';
import type { FallbackStep } from '../../../src/engine/models/fallbacks/config.ts';
import { ModelError } from '../../../src/engine/models/modelClient.ts';
import { noSpan } from '../../../src/engine/ports.ts';
import { Rejected } from '../../../src/engine/resilience/policy.ts';
import { DEFAULT_RESILIENCE } from '../../../src/engine/resilience/resilienceConfig.ts';
import { fallbackTarget } from '../../../src/engine/targets/fallbackTarget.ts';
import type { Target, TargetContext } from '../../../src/engine/targets/target.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../support/openaiServer.ts';
import { scriptedTarget } from '../../support/scriptedTarget.ts';
import { asking, CACHE, EXACT, FIXED, MINI } from '../models/fallbacks/asking.ts';

const failed = (code: string, transient: boolean): Output => ({
  ...emptyOutput(),
  status: 'error',
  error: { code, message: `it failed: ${code}`, transient },
});
const answered = (text: string, more: Partial<Output> = {}): Output =>
  ({ ...emptyOutput(), status: 'complete', text, costUsd: 0.5, ...more }) as Output;

describe('an agent with fallbacks', () => {
  const servers: OpenAiServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  interface Setup {
    steps: readonly FallbackStep[];
    spare?: readonly Script[];
    redactor?: Redactor;
  }

  /** `state.now` is what the agent does. */
  async function setUp({ steps, spare = [{ text: 'mini' }], redactor = new Redactor() }: Setup) {
    const server = await startOpenAiServer([...spare]);
    servers.push(server);
    const resilience = { ...DEFAULT_RESILIENCE, retry: null, breaker: null };
    const provider = { baseUrl: server.baseUrl, resilience };
    const providers = { main: provider, spare: provider };
    const { fallbacks, clock, store } = asking({ providers, steps, caches: EXACT, redactor });

    const state: { now: Output | Error; contexts: TargetContext[] } = { now: answered('own'), contexts: [] };
    const agent = scriptedTarget('agent', (_request, context) => {
      state.contexts.push(context);
      if (state.now instanceof Error) throw state.now;
      return state.now;
    });
    const wrapped = (more: Partial<Target> = {}) => {
      const own = fallbacks.ofAgent('agent');
      assert(own);
      return fallbackTarget({ ...agent, ...more }, own, clock);
    };
    const call = (entry: Partial<GoldenCase> = {}, more: Partial<Target> = {}, trial = 0, seed = 1) =>
      wrapped(more).call(
        { case: { id: 'c', input: 'hello', ...entry }, trial, seed },
        { signal: new AbortController().signal, span: noSpan, timeoutMs: 60_000 },
      );
    return { call, state, server, fallbacks, clock, store };
  }

  const kindOf = (output: Output) => output.source?.kind;

  it('is the agent itself where it answers, and where its answer is its own failure', async () => {
    const { call, state } = await setUp({ steps: [FIXED] });
    assert.deepEqual(await call(), answered('own'));
    for (const own of [failed('agent', false), failed('auth', false), failed('bad-request', false)]) {
      state.now = own;
      assert.deepEqual(await call(), own);
    }
    const incomplete: Output = { ...emptyOutput(), status: 'incomplete', reason: 'half' };
    state.now = incomplete;
    assert.deepEqual(await call(), incomplete);
  });

  const GONE: [string, Output | Error, string][] = [
    ['an error of its server', failed('server', true), 'transient'],
    ['its time limit', failed('timeout', true), 'transient'],
    ['a program that ended without an answer', failed('exit', false), 'transient'],
    ['a rate limit', failed('rate-limit', true), 'rate-limited'],
    ['an open breaker', new Rejected('breaker', 'it is open'), 'rejected'],
    ['a full bulkhead', new Rejected('bulkhead', 'it is full'), 'rejected'],
  ];
  for (const [what, now, why] of GONE)
    it(`answers after ${what}, and says why and from where`, async () => {
      const { call, state } = await setUp({ steps: [FIXED] });
      state.now = now;
      const output = await call();
      assert.deepEqual([output.status, output.text, output.costUsd], ['complete', 'Please call us.', 0]);
      assert.equal(output.source?.kind, 'fixed');
      assert.equal(output.source.why.kind, why);
      assert.equal(state.contexts[0]?.waits, false, 'an outage is not waited for');
    });

  it('asks a model what the case asks, as a text or as its conversation', async () => {
    const { call, state, server } = await setUp({
      steps: [MINI],
      spare: [{ text: 'mini' }, { text: 'mini' }],
    });
    state.now = failed('server', true);
    const output = await call();
    assert.deepEqual([output.text, kindOf(output)], ['mini', 'model']);
    await call({
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'hi' },
      ],
    });
    assert.deepEqual(
      server.requests.map(({ body }) => body.messages),
      [
        [{ role: 'user', content: 'hello' }],
        [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'hi' },
        ],
      ],
    );
  });

  it('does not wait for the outage of a model either where more steps follow', async () => {
    const { fallbacks, clock } = await setUp({ steps: [MINI, FIXED] });
    const seen: unknown[] = [];
    const complete = async (_request: unknown, { waits }: { waits?: boolean }) => {
      seen.push(waits);
      throw new ModelError('rejected', 'it is open', { decision: { kind: 'transient' } });
    };
    const client = { provider: 'spare', model: 'mini', stream: () => assert.fail(), complete };
    const chain = fallbacks.ofAgent('agent')?.chain;
    assert(chain);
    const gone = scriptedTarget('agent', () => failed('server', true));
    const context = { signal: new AbortController().signal, span: noSpan, timeoutMs: 60_000 };
    const request = { case: { id: 'c', input: 'hello' }, trial: 0, seed: 1 };
    const step = { kind: 'model', client } as const;
    for (const steps of [[step, step], [step]]) {
      const own = new AgentFallbacks({
        chain: { ...chain, steps },
        replies: undefined,
        redactor: new Redactor(),
        clock,
      });
      await fallbackTarget(gone, own, clock).call(request, context);
    }
    assert.deepEqual(seen, [false, undefined, undefined]);
  });

  it('answers from what it said itself to the very same request, and to no other', async () => {
    const { call, state, clock } = await setUp({ steps: [CACHE, FIXED] });
    state.now = answered('own', {
      json: { a: 1 },
      toolCalls: [{ name: 't', arguments: {} }],
    } as Partial<Output>);
    await call();
    state.now = failed('server', true);
    clock.advance(1000);
    const same = await call({}, {}, 0, 99);
    assert(same.status === 'complete' && same.source?.kind === 'cache');
    assert.deepEqual([same.text, same.json, same.costUsd, same.source.ageMs], ['own', { a: 1 }, 0, 1000]);
    assert.equal(same.toolCalls.length, 1);

    const others = [
      await call({ input: 'bye' }),
      await call({ metadata: { a: 1 } }),
      await call({}, {}, 1),
      await call({}, { hash: 'another version' }),
      await call({}, { environment: { KEY: 'another value' } }),
      await call({}, { name: 'other' }),
    ];
    assert.deepEqual(
      others.map(kindOf),
      others.map(() => 'fixed'),
    );
  });

  it('keeps neither what a fallback said nor keys', async () => {
    const redactor = new Redactor();
    redactor.learn(['canary-key-1']);
    const { call, state, store } = await setUp({ steps: [CACHE, FIXED], redactor });
    state.now = failed('server', true);
    await call();
    assert.equal(kindOf(await call()), 'fixed');
    state.now = answered('the key is canary-key-1');
    await call();
    state.now = failed('server', true);
    assert.equal((await call()).text.includes('canary-key-1'), false);
    assert.equal(store.size('exact').entries, 0, 'written in batches, and without keys');
  });

  it('ends as its own call did where nothing answers, with what was tried', async () => {
    const { call, state } = await setUp({ steps: [CACHE, MINI], spare: [{ status: 500, message: 'down' }] });
    state.now = failed('server', true);
    const output = await call();
    assert(output.status === 'error');
    assert.match(
      output.error.message,
      /^it failed: server \(no fallback answered: cache: no answer to this request is stored; spare\/mini: 500 down/,
    );
    state.now = new Rejected('budget', 'it is used up', 77);
    await assert.rejects(call(), state.now);
  });

  it('has none by the name of another, by its model or for what is merely similar', async () => {
    const { fallbacks } = await setUp({ steps: [{ kind: 'similar' }] });
    assert.equal(fallbacks.ofAgent('other'), undefined);
    assert.deepEqual(fallbacks.ofAgent('agent')?.chain.steps, []);
  });
});
