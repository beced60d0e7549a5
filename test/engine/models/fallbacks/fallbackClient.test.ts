import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Redactor } from '../../../../src/engine/http/redactor.ts';
import type { ReplySource } from '../../../../src/engine/model/replySource.ts';
import {
  EXACT_CACHE_DEFAULTS,
  type FallbackStep,
  SIMILAR_CACHE_DEFAULTS,
} from '../../../../src/engine/models/fallbacks/config.ts';
import { memoryReplies } from '../../../../src/engine/models/fallbacks/replyStore.ts';
import {
  type CallOptions,
  type ModelClient,
  ModelError,
  type ModelReply,
  type ModelRequest,
  type StreamPart,
} from '../../../../src/engine/models/modelClient.ts';
import { DEFAULT_RESILIENCE } from '../../../../src/engine/resilience/resilienceConfig.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../../support/openaiServer.ts';
import { manualClock } from '../manualClock.ts';
import { recordingSpan } from '../recordingSpan.ts';
import { asking, CACHE, call, EXACT, FIXED, HELLO, MINI } from './asking.ts';

const DEAD: Script = { status: 503, message: 'down' };
const RESILIENCE = { ...DEFAULT_RESILIENCE, retry: null, breaker: null };

describe('a model with fallbacks', () => {
  const servers: OpenAiServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function serve(script: Parameters<typeof startOpenAiServer>[0]): Promise<OpenAiServer> {
    const server = await startOpenAiServer(script);
    servers.push(server);
    return server;
  }

  interface Setup {
    main: Parameters<typeof startOpenAiServer>[0];
    spare?: Parameters<typeof startOpenAiServer>[0];
    steps?: readonly FallbackStep[];
    more?: Partial<Parameters<typeof asking>[0]>;
  }

  async function setUp({ main, spare = [{ text: 'mini' }], steps = [MINI], more = {} }: Setup) {
    const [first, second] = [await serve(main), await serve(spare)];
    const providers = {
      main: { baseUrl: first.baseUrl, resilience: RESILIENCE },
      spare: { baseUrl: second.baseUrl, resilience: RESILIENCE },
    };
    return { main: first, spare: second, ...asking({ providers, steps, ...more }) };
  }

  const ask = (client: ModelClient, options: Partial<CallOptions> = {}, request: ModelRequest = HELLO) =>
    client.complete(request, call(options));

  function source(reply: ModelReply): ReplySource {
    assert(reply.source);
    return reply.source;
  }

  async function failure(asked: Promise<unknown>): Promise<ModelError> {
    const error = await asked.then(
      () => assert.fail('the call should have failed'),
      (reason: unknown) => reason,
    );
    assert(error instanceof ModelError, `${error}`);
    return error;
  }

  it('is the model itself where it answers', async () => {
    const { client, spare } = await setUp({ main: [{ text: 'big' }] });
    const reply = await ask(client);
    assert.equal(reply.text, 'big');
    assert.equal(reply.source, undefined);
    assert.equal(spare.requests.length, 0);
  });

  it('is the same client where nothing is configured for it', async () => {
    const { client, own } = await setUp({ main: [], steps: [] });
    assert.equal(client, own);
  });

  const failing: [what: string, script: Script, why: string][] = [
    ['503', DEAD, 'overloaded'],
    ['529', { status: 529 }, 'overloaded'],
    ['500', { status: 500 }, 'transient'],
    ['429', { status: 429 }, 'rate-limited'],
    ['a quota that is used up', { status: 429, code: 'insufficient_quota' }, 'spent'],
    ['a credit that is used up', { status: 402 }, 'spent'],
    ['a connection that breaks', { destroy: true }, 'transient'],
    ['a stream that is cut in the middle', { text: 'half an ans', cut: 'socket' }, 'transient'],
    ['a stream that ends without its finish reason', { text: 'half', cut: 'end' }, 'transient'],
    ['a stream that is cut before its first word', { text: 'x', cut: 'before-tokens' }, 'transient'],
    ['an error in the stream', { text: 'half', cut: 'error-event' }, 'transient'],
  ];
  for (const [what, script, why] of failing)
    it(`asks the simpler model after ${what}`, async () => {
      const { client, spare } = await setUp({ main: [script] });
      const reply = await ask(client);
      assert.deepEqual([reply.status, reply.text], ['complete', 'mini']);
      const { kind, why: given, ...rest } = source(reply);
      assert.deepEqual([kind, rest], ['model', { model: 'spare/mini' }]);
      assert.equal(given.kind, why);
      assert(given.kind !== 'first' && given.message !== '');
      assert.equal(spare.requests[0]?.body.model, 'mini');
    });

  for (const status of [400, 401, 403, 404, 422])
    it(`does not ask another one after ${status}, which is the request's own fault`, async () => {
      const { client, spare } = await setUp({ main: [{ status, message: 'no' }], steps: [MINI, FIXED] });
      assert.equal((await failure(ask(client))).status, status);
      assert.equal(spare.requests.length, 0);
    });

  it('asks another one at once where the breaker is open, and says so', async () => {
    const main = await serve(() => DEAD);
    const spare = await serve(() => ({ text: 'mini' }));
    const { breaker } = DEFAULT_RESILIENCE;
    assert(breaker);
    const providers = {
      main: { baseUrl: main.baseUrl, resilience: { ...RESILIENCE, breaker: { ...breaker, failures: 2 } } },
      spare: { baseUrl: spare.baseUrl, resilience: RESILIENCE },
    };
    const { client } = asking({ providers, steps: [MINI] });
    const kinds: string[] = [];
    for (let at = 0; at < 4; at++) kinds.push(source(await ask(client)).why.kind);
    assert.deepEqual(kinds, ['overloaded', 'overloaded', 'rejected', 'rejected']);
    assert.deepEqual([main.requests.length, spare.requests.length], [2, 4]);
  });

  it('does not wait for the outage of a provider either where one of its models is a step, and others follow', async () => {
    const main = await serve(() => DEAD);
    const { breaker } = DEFAULT_RESILIENCE;
    assert(breaker);
    const resilience = { ...RESILIENCE, breaker: { ...breaker, failures: 1 } };
    const providers = { main: { baseUrl: main.baseUrl, resilience } };
    const sibling: FallbackStep = { kind: 'model', reference: 'main/mini' };
    const { client, clock } = asking({ providers, steps: [sibling, FIXED] });
    // The clock stands still: whoever waited would wait for ever.
    for (const _ of [1, 2]) assert.equal(source(await ask(client, { timeoutMs: 90_000 })).kind, 'fixed');
    assert.deepEqual(
      clock.sleeps.filter((ms) => ms < 90_000),
      [],
    );
  });

  it('does not call what the half of an answer cost nothing', async () => {
    const main = await serve([{ text: 'half an ans', cut: 'socket' }, DEAD]);
    const spare = await serve(() => ({ text: 'mini' }));
    const prices = { big: { input: 1, output: 1 }, mini: { input: 1, output: 1 } };
    const providers = {
      main: { baseUrl: main.baseUrl, resilience: RESILIENCE, prices },
      spare: { baseUrl: spare.baseUrl, resilience: RESILIENCE, prices },
    };
    const { client } = asking({ providers, steps: [MINI] });
    assert.equal((await ask(client)).costUsd, null, 'nobody said what the first half cost');
    assert.ok(Number((await ask(client)).costUsd) > 0);
  });

  it('tells whose calls something else answered, and how often', async () => {
    const told: string[] = [];
    const { client, main } = await setUp({
      main: [DEAD, { text: 'big' }, DEAD],
      steps: [CACHE, FIXED],
      more: { caches: EXACT, onFallback: (provider) => told.push(provider) },
    });
    for (const _ of [1, 2, 3]) await ask(client);
    assert.equal(main.requests.length, 3);
    assert.deepEqual(told, ['main', 'main']);
  });

  it('takes the first step that has an answer, in the order that is set', async () => {
    const { client, spare } = await setUp({
      main: () => DEAD,
      spare: [{ status: 500 }, { text: 'mini' }],
      steps: [CACHE, MINI, FIXED],
      more: { caches: EXACT },
    });
    const first = await ask(client);
    assert.deepEqual([first.text, source(first).kind], ['Please call us.', 'fixed']);
    assert.equal((await ask(client)).text, 'mini');
    assert.equal(spare.requests.length, 2);
  });

  it('ends as the model did where no step has an answer, and says what was tried', async () => {
    const { client } = await setUp({
      main: () => DEAD,
      spare: [{ status: 400, message: 'unknown model' }],
      steps: [CACHE, { kind: 'similar' }, MINI],
      more: { caches: EXACT },
    });
    const error = await failure(ask(client));
    assert.equal(error.status, 503);
    assert.equal(error.decision.kind, 'overloaded');
    assert.match(error.message, /503 down/);
    assert.match(error.message, /cache: no reply to this request is stored/);
    assert.match(error.message, /similar: caches\.similar is not configured/);
    assert.match(error.message, /spare\/mini: 400 unknown model/);
  });

  it('gives a cut answer where nothing stands in for it', async () => {
    const { client } = await setUp({ main: [{ text: 'half', cut: 'end' }], spare: () => DEAD });
    const reply = await ask(client);
    assert.equal(reply.status, 'incomplete');
    assert.equal(reply.text, 'half');
    assert.match(reply.status === 'incomplete' ? reply.reason : '', /spare\/mini: 503 down/);
  });

  it('asks a simpler model without the seed that it refuses, where nobody insists on it', async () => {
    const { client, spare } = await setUp({
      main: () => DEAD,
      spare: [{ status: 400, message: 'no seed', param: 'seed' }, { text: 'mini' }],
    });
    const seeded: ModelRequest = { ...HELLO, parameters: { seed: 7 }, negotiable: ['seed'] };
    assert.equal((await ask(client, {}, seeded)).text, 'mini');
    assert.deepEqual(
      spare.requests.map(({ body }) => body['seed']),
      [7, undefined],
    );
  });

  describe('has one time limit for all of it', () => {
    it('gives a step what is left of it, and leaves out one that would take time once it is over', async () => {
      const clock = manualClock(0);
      const { client, spare, main } = await setUp({
        main: [{ hang: true }],
        spare: [{ hang: true }],
        steps: [MINI, FIXED],
        more: { clock },
      });
      const asked = ask(client, { timeoutMs: 1000 });
      await main.received(1);
      clock.advance(1000);
      const reply = await asked;
      assert.equal(reply.text, 'Please call us.');
      assert.equal(spare.requests.length, 0);
      assert.equal(source(reply).why.kind, 'transient');
    });

    it('ends a step that goes on for too long', async () => {
      const clock = manualClock(0);
      const { client, spare, main } = await setUp({
        main: [{ hang: true }],
        spare: [{ hang: true }],
        more: { clock },
      });
      main.received(1).then(() => clock.advance(400));
      const providers = { ...call(), timeoutMs: 1000 };
      const slow = client.complete(HELLO, providers);
      // The provider's own limit is reached first.
      await main.received(1);
      clock.advance(600);
      spare.received(1).then(() => clock.advance(10_000));
      assert.match((await failure(slow)).message, /1 s|time/);
    });
  });

  it('is ended by its caller at any step', async () => {
    for (const hanging of ['main', 'spare'] as const) {
      const controller = new AbortController();
      const set = await setUp({
        main: [hanging === 'main' ? { hang: true } : DEAD],
        spare: [{ hang: true }],
        steps: [MINI, FIXED],
      });
      const asked = ask(set.client, { signal: controller.signal });
      await set[hanging].received(1);
      controller.abort(new Error('enough'));
      await assert.rejects(asked, /enough/);
    }
  });

  it('notes the fallback in the trace', async () => {
    const { client } = await setUp({ main: [DEAD] });
    const { span, spans } = recordingSpan();
    await ask(client, { span });
    const events = spans.flatMap((one) => one.events).filter(({ name }) => name === 'fallback');
    assert.deepEqual(events, [{ name: 'fallback', attributes: { step: 'spare/mini', why: 'overloaded' } }]);
  });

  it('counts what half an answer cost', async () => {
    const prices = { big: { input: 1, output: 1 }, mini: { input: 1, output: 1 } };
    const half = await serve([{ text: 'half', cut: 'end', usage: null }]);
    const other = await serve([{ text: 'mini', usage: { input: 1_000_000, output: 0 } }]);
    const providers = {
      main: { baseUrl: half.baseUrl, resilience: RESILIENCE, prices },
      spare: { baseUrl: other.baseUrl, resilience: RESILIENCE, prices },
    };
    const reply = await ask(asking({ providers, steps: [MINI] }).client);
    assert.equal(reply.text, 'mini');
    assert.equal(reply.costUsd, null, 'what the first half cost is unknown');
  });

  describe('as a stream', () => {
    async function partsOf(stream: AsyncIterable<StreamPart>) {
      const parts: StreamPart[] = [];
      let error: unknown;
      try {
        for await (const part of stream) parts.push(part);
      } catch (caught) {
        error = caught;
      }
      const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
      const end = parts.at(-1);
      return { parts, text, error, reply: end?.type === 'end' ? end.reply : undefined };
    }

    it('has the parts of the fallback alone', async () => {
      const { client } = await setUp({ main: [{ text: 'never seen', cut: 'before-tokens' }] });
      const { parts, text, reply } = await partsOf(client.stream(HELLO, call()));
      assert.equal(text, 'mini');
      assert(parts.every((part) => part.type !== 'head' || part.model?.startsWith('mini')));
      assert.equal(reply?.source?.kind, 'model');
      assert.equal(parts.filter(({ type }) => type === 'end').length, 1);
    });

    for (const cut of ['socket', 'end', 'error-event'] as const)
      it(`goes on with no other answer once a word has been handed on (${cut})`, async () => {
        const { client, spare } = await setUp({
          main: [{ text: 'half an answer', cut }],
          steps: [MINI, FIXED],
        });
        const { text, reply } = await partsOf(client.stream(HELLO, call()));
        assert('half an answer'.startsWith(text) && text !== '', text);
        assert.notEqual(reply?.status, 'complete');
        assert.equal(spare.requests.length, 0);
      });

    for (const step of [CACHE, FIXED])
      it(`has a whole reply in the form of a stream (${step.kind})`, async () => {
        const { client } = await setUp({
          main: [{ text: 'Please call us.' }, DEAD],
          steps: [step],
          more: { caches: EXACT },
        });
        await ask(client);
        const { parts, text, reply } = await partsOf(client.stream(HELLO, call()));
        assert.equal(text, 'Please call us.');
        assert.equal(parts[0]?.type, 'head');
        assert(parts.some(({ type }) => type === 'finish'));
        assert.equal(parts.at(-1)?.type, 'end');
        assert.equal(reply?.source?.kind, step.kind);
      });

    it('may be left at any part', async () => {
      const { client } = await setUp({ main: [DEAD] });
      for await (const part of client.stream(HELLO, call())) if (part.type === 'text') break;
    });
  });

  describe('and an exact cache', () => {
    const first = { exact: { ...EXACT_CACHE_DEFAULTS, mode: 'first' as const } };

    it('is answered from it when the model is gone, with where that comes from', async () => {
      const clock = manualClock(10_000);
      const prices = { big: { input: 1, output: 1 } };
      const server = await serve([{ text: 'big', usage: { input: 5, output: 5 } }, DEAD, DEAD]);
      const providers = { main: { baseUrl: server.baseUrl, resilience: RESILIENCE, prices } };
      const { client } = asking({ providers, steps: [CACHE], caches: EXACT, clock });

      await ask(client);
      clock.advance(90_000);
      const reply = await ask(client);
      assert.equal(reply.text, 'big');
      const found = source(reply);
      assert(found.kind === 'cache');
      assert.deepEqual([found.ageMs, found.model, found.why.kind], [90_000, 'main/big', 'overloaded']);
      assert.match(found.promptHash, /^[0-9a-f]{64}$/);
      assert.deepEqual([reply.costUsd, reply.usage], [0, { inputTokens: 0, outputTokens: 0 }]);

      const other = { ...HELLO, parameters: { temperature: 0 } };
      await failure(ask(client, {}, other));
    });

    it('is not asked before the model, unless the configuration says so', async () => {
      const { client, main } = await setUp({
        main: () => ({ text: 'big' }),
        steps: [CACHE],
        more: { caches: EXACT },
      });
      await ask(client);
      await ask(client);
      assert.equal(main.requests.length, 2);

      const cached = await setUp({ main: () => ({ text: 'big' }), steps: [], more: { caches: first } });
      assert.equal((await ask(cached.client)).source, undefined);
      const again = await ask(cached.client);
      assert.deepEqual([source(again).kind, source(again).why], ['cache', { kind: 'first' }]);
      assert.equal(cached.main.requests.length, 1);
      await ask(cached.client, { trial: 1 });
      assert.equal(cached.main.requests.length, 2, 'another trial is another measurement');
    });

    it('keeps whole answers of the model alone', async () => {
      const store = memoryReplies();
      const { client, fallbacks } = await setUp({
        main: [{ text: 'half', cut: 'end' }, { refusal: 'I will not' }, DEAD, { text: 'whole' }],
        steps: [MINI],
        spare: () => DEAD,
        more: { caches: EXACT, store },
      });
      for (let at = 0; at < 2; at++) await ask(client, { trial: at });
      await failure(ask(client, { trial: 2 }));
      await fallbacks.close();
      assert.equal(store.size('exact').entries, 0);
      await ask(client, { trial: 3 });
      await fallbacks.close();
      assert.equal(store.size('exact').entries, 1);
    });

    it('keeps neither what a fallback said nor keys', async () => {
      const KEY = 'sk-secret-123456';
      const store = memoryReplies();
      const { client, fallbacks } = await setUp({
        main: [DEAD, { text: `your key is ${KEY}` }],
        more: { caches: EXACT, store, redactor: new Redactor([KEY]) },
      });
      await ask(client);
      await fallbacks.close();
      assert.equal(store.size('exact').entries, 0);
      await ask(client);
      await fallbacks.close();
      const kept = [...store.inPartition('exact', '', 0, { maxBytes: 1, expiresMs: Number.MAX_VALUE })];
      assert.equal(kept.length, 1);
      assert.doesNotMatch(JSON.stringify(kept), /sk-secret/);
      assert.match(JSON.stringify(kept), /your key is \[key\]/);
    });

    it('is not filled where no cache is configured', async () => {
      const store = memoryReplies();
      const { client, fallbacks } = await setUp({ main: [{ text: 'big' }], more: { store } });
      await ask(client);
      await fallbacks.close();
      assert.equal(store.size('exact').entries, 0);
    });
  });

  describe('that judges', () => {
    const chain = [CACHE, { kind: 'similar' } as const, MINI, FIXED];

    async function judging(more: { judges: boolean; counted: boolean; mode?: 'first' | 'fallback' }) {
      const { judges, counted, mode = 'fallback' } = more;
      const exact = { ...EXACT_CACHE_DEFAULTS, judges, mode };
      const main: Script[] = [{ text: 'big' }, DEAD];
      const set = await setUp({ main, more: { caches: { exact, similar: SIMILAR_CACHE_DEFAULTS } } });
      const fallbacks = set.withChain('main/big', chain);
      return { ...set, client: fallbacks.ofJudge(set.own, counted) };
    }

    it('has no fallback by default', async () => {
      const { client, own } = await judging({ judges: false, counted: false });
      assert.equal(client, own);
    });

    it('is answered from the exact cache only where the configuration says so for judges', async () => {
      const { client } = await judging({ judges: true, counted: false });
      await ask(client);
      assert.equal(source(await ask(client)).kind, 'cache');
    });

    it('asks another model only where answers of fallbacks count, and neither what is similar nor a fixed answer', async () => {
      const { client, spare } = await judging({ judges: false, counted: true });
      await ask(client);
      const reply = await ask(client);
      assert.deepEqual([reply.text, source(reply).kind], ['mini', 'model']);
      assert.match(
        (await failure(ask(client))).message,
        /^500[^;]*\(no fallback answered: spare\/mini: [^;]*\)$/,
      );
      assert.equal(spare.requests.length, 2);
    });

    it('asks the cache first where that is set', async () => {
      const { client, main } = await judging({ judges: true, counted: false, mode: 'first' });
      await ask(client);
      assert.deepEqual(source(await ask(client)).why, { kind: 'first' });
      assert.equal(main.requests.length, 1);
    });
  });
});
