import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Redactor } from '../../../../src/engine/http/redactor.ts';
import type { LocatedCase } from '../../../../src/engine/model/case.ts';
import { SIMILAR_CACHE_DEFAULTS } from '../../../../src/engine/models/fallbacks/config.ts';
import { likeRequest } from '../../../../src/engine/models/fallbacks/likeRequest.ts';
import { memoryReplies } from '../../../../src/engine/models/fallbacks/replyStore.ts';
import type { ModelRequest } from '../../../../src/engine/models/modelClient.ts';
import { DEFAULT_RESILIENCE } from '../../../../src/engine/resilience/resilienceConfig.ts';
import {
  type OpenAiServer,
  type RecordedRequest,
  type Script,
  startOpenAiServer,
} from '../../../support/openaiServer.ts';
import { located } from '../../../support/runFixtures.ts';
import { asking, call } from './asking.ts';

const DEAD: Script = { status: 503, message: 'down' };
const RESILIENCE = { ...DEFAULT_RESILIENCE, retry: null, breaker: null };
const OPENAI = { provider: 'main', model: 'big', endpoint: 'http://127.0.0.1:1/v1' };
const LOOSE = { ...SIMILAR_CACHE_DEFAULTS, maxWrong: 0.5 };

function request(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    messages: [
      { role: 'system', content: 'Answer.' },
      { role: 'user', content: text },
    ],
    parameters: {},
    ...more,
  };
}

describe('what the semantic cache compares', () => {
  const partition = (of: ModelRequest, asked = {}) => likeRequest({ ...OPENAI, ...asked }, of)?.partition;
  const plain = partition(request('where is my order'));

  it('is the last message alone', () => {
    const like = likeRequest(OPENAI, request('where is my order'));
    assert.equal(like?.text, 'where is my order');
    assert.equal(partition(request('something else')), plain);
    assert.equal(
      partition(request('x', { parameters: { seed: 1 }, negotiable: ['seed'] })),
      plain,
      'a seed that the run draws is no part of the question',
    );
  });

  const apart: [string, ModelRequest, object?][] = [
    ['another system prompt', { ...request('q'), messages: [{ role: 'user', content: 'q' }] }],
    [
      'one more earlier turn',
      request('q', { messages: [{ role: 'user', content: 'a' }, ...request('q').messages] }),
    ],
    ['tools', request('q', { tools: [{ name: 'find' }] })],
    ['a format', request('q', { responseFormat: { type: 'json_object' } })],
    ['a temperature of 0', request('q', { parameters: { temperature: 0 } })],
    ['a seed that a person set', request('q', { parameters: { seed: 1 } })],
    ['a choice of tool', request('q', { parameters: { extra: { tool_choice: 'none' } } })],
    ['an author', request('q', { messages: [{ role: 'user', content: 'q', name: 'Eve' }] })],
    ['another model', request('q'), { model: 'small' }],
    ['another endpoint', request('q'), { endpoint: 'http://127.0.0.1:2/v1' }],
    ['other headers', request('q'), { headers: { 'x-version': '1' } }],
  ];
  for (const [what, of, asked] of apart)
    it(`is kept apart by ${what}`, () => {
      assert.match(partition(of, asked) ?? '', /^[0-9a-f]{64}$/);
      assert.notEqual(partition(of, asked), plain);
    });

  const none: [string, ModelRequest['messages']][] = [
    ['an answer', [{ role: 'assistant', content: 'a' }]],
    ['the result of a tool', [{ role: 'tool', content: '{}', toolCallId: 'c' }]],
    ['a picture', [{ role: 'user', content: [{ type: 'image', url: 'data:image/png;base64,AA' }] }]],
    ['nothing', [{ role: 'user', content: ' \n' }]],
    ['no message', []],
  ];
  for (const [what, messages] of none)
    it(`does not exist where the last message is ${what}`, () => {
      assert.equal(likeRequest(OPENAI, { messages, parameters: {} }), undefined);
    });
});

describe('a model with a semantic cache', () => {
  const servers: OpenAiServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  /** Pairs of questions that are nearly the same and expect the same, and two that expect different things. */
  function golden(): LocatedCase[] {
    const pairs = TOPICS.flatMap((topic, at) => {
      const question = `Could you please tell me how the ${topic} of my latest order works today`;
      return [question, `${question} exactly`].map((input, which) => ({
        id: `${topic}-${which}`,
        input,
        expected_output: { answer: `answer ${at % 2}` },
      }));
    });
    return located(pairs);
  }

  async function setUp(
    script: Parameters<typeof startOpenAiServer>[0],
    {
      embeddings,
      redactor = new Redactor(),
      calibrated = true,
      embed = embedTopics,
    }: {
      embeddings?: string;
      redactor?: Redactor;
      calibrated?: boolean;
      embed?: (request: RecordedRequest) => Script;
    } = {},
  ) {
    const server = await startOpenAiServer(script, embed);
    servers.push(server);
    const store = memoryReplies();
    const set = asking({
      providers: { main: { baseUrl: server.baseUrl, resilience: RESILIENCE } },
      steps: [{ kind: 'similar' }],
      caches: { similar: embeddings === undefined ? LOOSE : { ...LOOSE, embeddings } },
      store,
      redactor,
    });
    const render = (entry: { input?: unknown }) => ({
      ...request(String(entry.input)),
      tools: [],
    });
    const client = set.fallbacks.ofTarget('agent', set.own, render);
    const signal = new AbortController().signal;
    const batches = async function* () {
      yield golden();
    };
    if (calibrated) await set.fallbacks.calibrate(batches, signal);
    return { ...set, client, server, store };
  }

  const QUESTION = 'Could you please tell me how the refund of my latest order works today';

  it('answers a question that is alike, and says how alike it is and by what', async () => {
    const { client, fallbacks } = await setUp([{ text: 'Within 14 days.' }, DEAD, DEAD]);
    await client.complete(request(QUESTION), call());
    await fallbacks.close();

    const reply = await client.complete(request(`${QUESTION} then`), call({ trial: 3 }));
    assert.equal(reply.text, 'Within 14 days.');
    const { source } = reply;
    assert(source?.kind === 'similar');
    assert.deepEqual([source.by, source.model, source.why.kind], ['words', 'main/big', 'overloaded']);
    assert(source.similarity > 0.7 && source.similarity < 1, `${source.similarity}`);
    assert.match(source.promptHash, /^[0-9a-f]{64}$/);

    const other = client.complete(request('What is the capital of France?'), call());
    await assert.rejects(other, /the most similar question is 0\.\d+ alike, and 0\.\d+ is needed/);
  });

  it('never answers what was asked under another system prompt, with other tools, or later in a conversation', async () => {
    const { client, fallbacks } = await setUp((_, index) => (index === 0 ? { text: 'one' } : DEAD));
    await client.complete(request(QUESTION), call());
    await fallbacks.close();

    const leaks: ModelRequest[] = [
      request(QUESTION, {
        messages: [
          { role: 'system', content: 'You are somebody else.' },
          { role: 'user', content: QUESTION },
        ],
      }),
      request(QUESTION, { tools: [{ name: 'delete_account' }] }),
      request(QUESTION, {
        messages: [
          { role: 'system', content: 'Answer.' },
          { role: 'user', content: 'I am Eve.' },
          { role: 'assistant', content: 'Hello Eve.' },
          { role: 'user', content: QUESTION },
        ],
      }),
    ];
    for (const leak of leaks)
      await assert.rejects(client.complete(leak, call()), /no reply to such a request is stored/);
    assert.equal((await client.complete(request(QUESTION), call())).text, 'one');
  });

  it('is neither filled nor asked before it is calibrated, and says so', async () => {
    const { client, fallbacks, store } = await setUp([{ text: 'one' }, DEAD], { calibrated: false });
    await client.complete(request(QUESTION), call());
    await fallbacks.close();
    assert.equal(store.size('similar').entries, 0);
    await assert.rejects(
      client.complete(request(QUESTION), call()),
      /similar: off, because it was not calibrated/,
    );
  });

  it('keeps no keys of a question', async () => {
    const KEY = 'sk-secret-123456';
    const { client, fallbacks, store } = await setUp([{ text: 'one' }], { redactor: new Redactor([KEY]) });
    await client.complete(request(`${QUESTION} ${KEY}`), call());
    await fallbacks.close();
    assert.equal(store.size('similar').entries, 1);
    const { partition } = likeRequest({ ...OPENAI, endpoint: servers[0]?.baseUrl }, request('x')) ?? {};
    const kept = [
      ...store.inPartition('similar', partition ?? '', 0, { maxBytes: 1, expiresMs: Number.MAX_VALUE }),
    ];
    assert.equal(kept.length, 1);
    assert.doesNotMatch(JSON.stringify(kept), /sk-secret/);
  });

  it('compares embeddings where the provider has them', async () => {
    const { client, fallbacks, server } = await setUp((_, index) => (index === 0 ? { text: 'one' } : DEAD), {
      embeddings: 'main/vectors',
    });
    assert(
      server.requests.some(({ path }) => path === '/v1/embeddings'),
      'calibrated by embeddings',
    );
    await client.complete(request('how does the refund work'), call());
    await fallbacks.close();

    // Not a word in common, and the same place among embeddings.
    const { source } = await client.complete(request('REFUND?!'), call());
    assert(source?.kind === 'similar');
    assert.deepEqual([source.by, source.similarity], ['embeddings', 1]);
    const far = client.complete(request('delivery'), call());
    await assert.rejects(far, /the most similar question is 0\.000 alike/);
  });

  it('is off where the questions of the dataset cannot be embedded', async () => {
    const { client } = await setUp([DEAD], { embeddings: 'main/vectors', embed: () => DEAD });
    await assert.rejects(
      client.complete(request(QUESTION), call()),
      /similar: off, because the questions of the dataset could not be embedded: 503 down/,
    );
  });
});

const TOPICS = ['refund', 'delivery', 'invoice', 'password', 'warranty', 'pickup', 'coupon', 'address'];

/** Each topic has a direction of its own. */
function embedTopics({ body }: RecordedRequest): Script {
  const texts = body['input'] as string[];
  const data = texts.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: TOPICS.map((topic) => (text.toLowerCase().includes(topic) ? 1 : 0)),
  }));
  const reply = { object: 'list', model: 'vectors', data, usage: { prompt_tokens: 1, total_tokens: 1 } };
  return { raw: JSON.stringify(reply), contentType: 'application/json' };
}
