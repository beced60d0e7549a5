import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { ConfigError } from '../../../src/engine/errors.ts';
import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import { ModelError } from '../../../src/engine/models/modelClient.ts';
import type { ProviderConfig } from '../../../src/engine/models/modelProvider.ts';
import { fixedEnvironment, noLog, noSpan, type Span } from '../../../src/engine/ports.ts';
import {
  type OpenAiServer,
  type RecordedRequest,
  type Script,
  startOpenAiServer,
} from '../../support/openaiServer.ts';
import { countingRandom, manualClock } from './manualClock.ts';
import { recordingSpan } from './recordingSpan.ts';

const fromEnv = (name: string) => `\${env:${name}}`;
const KEY = 'sk-embeddings-secret';

describe('embeddings', () => {
  const servers: OpenAiServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  async function open(
    embed?: (request: RecordedRequest) => Script | undefined,
    config: Partial<ProviderConfig> = {},
  ) {
    const server = await startOpenAiServer([], embed);
    servers.push(server);
    const catalog = createModelCatalog(
      { local: { baseUrl: server.baseUrl, apiKey: fromEnv('KEY'), ...config } },
      {
        environment: fixedEnvironment({ KEY }),
        clock: manualClock(30_000),
        random: countingRandom(),
        log: noLog,
      },
    );
    const embedder = catalog.embedder('local/small');
    const embed1 = (text: string, more: { signal?: AbortSignal; span?: Span } = {}) =>
      embedder.embed(text, {
        signal: more.signal ?? new AbortController().signal,
        span: more.span ?? noSpan,
        timeoutMs: 60_000,
      });
    return { server, catalog, embed: embed1 };
  }

  const inputs = (server: OpenAiServer) => server.requests.map(({ body }) => body['input']);

  it('gathers what is asked for together, and each text once', async () => {
    const { server, embed } = await open();
    const all = await Promise.all(['a', 'b', 'a', 'c'].map((text) => embed(text)));
    assert.deepEqual(inputs(server), [['a', 'b', 'c']]);
    assert.deepEqual(all[0]?.vector, all[2]?.vector);
    assert.notDeepEqual(all[0]?.vector, all[1]?.vector);
    await embed('b');
    assert.equal(server.requests.length, 1);
  });

  it('sends the key only as authorization, and asks for plain numbers', async () => {
    const { server, embed } = await open();
    await embed('a');
    const [request] = server.requests;
    assert.equal(request?.headers.authorization, `Bearer ${KEY}`);
    assert.deepEqual(
      [request?.path, request?.body.model, request?.body['encoding_format']],
      ['/v1/embeddings', 'small', 'float'],
    );
  });

  it('keeps a request within its limits', async () => {
    const { server, embed } = await open();
    const texts = Array.from({ length: 250 }, (_, index) => `text ${index}`);
    await Promise.all([...texts.map((text) => embed(text)), embed('x'.repeat(250_000)), embed('y')]);
    const sizes = inputs(server).map((input) => (input as string[]).length);
    assert.equal(
      sizes.reduce((sum, size) => sum + size, 0),
      252,
    );
    assert.ok(sizes.every((size) => size <= 96));
    assert.ok(inputs(server).some((input) => (input as string[])[0]?.length === 250_000));
  });

  it('shares the tokens of a request over its texts, and they add up', async () => {
    const { embed } = await open(
      ({ body }) => ({
        raw: JSON.stringify({
          data: (body['input'] as string[]).map((_, index) => ({ index, embedding: [1, 2] })),
          usage: { prompt_tokens: 101, total_tokens: 101 },
        }),
        contentType: 'application/json',
      }),
      { prices: { small: { input: 2, output: 0 } } },
    );
    const found = await Promise.all(
      ['short', 'a longer text', 'the longest of all texts'].map((text) => embed(text)),
    );
    const tokens = found.map(({ usage }) => usage?.inputTokens ?? Number.NaN);
    assert.equal(
      tokens.reduce((a, b) => a + b),
      101,
    );
    assert.deepEqual(
      tokens.toSorted((a, b) => a - b),
      tokens,
    );
    const cost = found.reduce((sum, { costUsd }) => sum + (costUsd ?? Number.NaN), 0);
    assert.ok(Math.abs(cost - 202e-6) < 1e-12);
  });

  it('does not know the cost without a price or usage', async () => {
    const { embed } = await open();
    const { costUsd, usage } = await embed('a');
    assert.equal(costUsd, null);
    assert.equal(usage?.inputTokens, 1);
    const silent = await open(() => ({
      raw: JSON.stringify({ data: [{ index: 0, embedding: [1] }] }),
      contentType: 'application/json',
    }));
    assert.equal((await silent.embed('a')).usage, null);
  });

  it('lets a refused text fail alone', async () => {
    const { embed } = await open(({ body }) =>
      (body['input'] as string[]).includes('bad') ? { status: 400, message: 'too long' } : undefined,
    );
    const outcomes = await Promise.allSettled(['a', 'bad', 'b'].map((text) => embed(text)));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    const [, refused] = outcomes;
    assert.ok(refused?.status === 'rejected' && refused.reason instanceof ModelError);
    assert.equal(refused.reason.code, 'bad-request');
  });

  it('tries again what may pass, and does not keep a failure', async () => {
    let calls = 0;
    const { embed, server } = await open(() => {
      calls += 1;
      return calls <= 5 ? { status: calls === 1 ? 503 : 401, message: `no ${KEY}` } : undefined;
    });
    await assert.rejects(embed('a'), (error) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.code, 'auth');
      assert.ok(!error.message.includes(KEY), error.message);
      return true;
    });
    assert.equal(server.requests.length, 2);
    calls = 5;
    assert.ok((await embed('a')).vector.length > 0);
  });

  it('refuses answers that are none', async () => {
    for (const data of [
      [],
      [{ index: 0, embedding: [] }],
      [{ index: 0, embedding: ['x'] }],
      [{ index: 1, embedding: [1] }],
      null,
    ]) {
      const { embed } = await open(() => ({
        raw: JSON.stringify({ data }),
        contentType: 'application/json',
      }));
      await assert.rejects(embed('a'), (error) => error instanceof ModelError && error.code === 'protocol');
    }
  });

  it('stops when told', async () => {
    const { embed, server } = await open(() => ({ hang: true }));
    const stop = new AbortController();
    const asked = embed('a', { signal: stop.signal });
    await server.received(1);
    const reason = new Error('enough');
    stop.abort(reason);
    await assert.rejects(asked, (error) => error === reason);
  });

  it('shows the request as a span', async () => {
    const { embed } = await open();
    const { span, spans } = recordingSpan();
    await embed('a', { span });
    const [request] = spans.filter(({ name }) => name === 'embeddings small');
    assert.deepEqual(
      [
        request?.kind,
        request?.attributes['gen_ai.operation.name'],
        request?.attributes['gen_ai.usage.input_tokens'],
      ],
      ['client', 'embeddings', 1],
    );
    assert.equal(request?.ended, 1);
  });

  it('says which provider or key is missing', async () => {
    const { catalog } = await open();
    assert.throws(() => catalog.embedder('elsewhere/small'), /belongs to the provider 'elsewhere'/);
    const keyless = createModelCatalog(
      { local: { baseUrl: 'http://127.0.0.1:1/v1', apiKey: fromEnv('NO_KEY') } },
      { environment: fixedEnvironment({}), clock: manualClock(0), random: countingRandom(), log: noLog },
    );
    assert.throws(() => keyless.embedder('local/small'), ConfigError);
  });
});
