import assert from 'node:assert/strict';
import { createModelCatalog } from '../../../src/engine/models/catalog.ts';
import { createEditorClient } from '../../../src/engine/models/editorClient.ts';
import { ModelError, type StreamPart } from '../../../src/engine/models/modelClient.ts';
import { fixedEnvironment, noLog } from '../../../src/engine/ports.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../support/openaiServer.ts';
import { stillGuard } from '../../support/stillGuards.ts';
import { countingRandom, manualClock } from './manualClock.ts';
import { recordingSpan } from './recordingSpan.ts';

const HELLO = { messages: [{ role: 'user' as const, content: 'hello' }], parameters: {} };

describe('a model’s reply in parts', () => {
  const servers: OpenAiServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function setUp(script: Script[], secrets?: { get: () => Promise<string | null> }) {
    const server = await startOpenAiServer(script);
    servers.push(server);
    const { span, spans } = recordingSpan();
    const clock = manualClock(10_000);
    const catalog = createModelCatalog(
      { s: { baseUrl: server.baseUrl, maxConcurrency: 1, ...(secrets ? { apiKey: `\${env:KEY}` } : {}) } },
      {
        environment: fixedEnvironment({}),
        clock,
        random: countingRandom(),
        log: noLog,
        ...(secrets ? { secrets } : {}),
      },
    );
    const options = { signal: new AbortController().signal, span, timeoutMs: 60_000 };
    return { server, spans, clock, stream: () => catalog.client('s/tiny').stream(HELLO, options) };
  }

  async function all(stream: AsyncIterable<StreamPart>): Promise<StreamPart[]> {
    const parts: StreamPart[] = [];
    for await (const part of stream) parts.push(part);
    return parts;
  }

  it('comes as the provider sends it, and as a whole at the end', async () => {
    const calls = [{ id: 'c', name: 'look', arguments: '{"at":1}' }];
    const { stream, spans, clock } = await setUp([{ text: 'Good morning', toolCalls: calls }]);
    const parts = await all(stream());
    const texts = parts.filter((part) => part.type === 'text').map(({ text }) => text);
    assert.ok(texts.length > 2);
    assert.equal(texts.join(''), 'Good morning');
    const types = new Set(parts.map(({ type }) => type));
    assert.deepEqual([...types].sort(), ['end', 'finish', 'head', 'text', 'tool-call', 'usage']);
    const last = parts.at(-1);
    assert(last?.type === 'end');
    assert.equal(last.reply.text, 'Good morning');
    assert.deepEqual(last.reply.toolCalls, [{ id: 'c', name: 'look', arguments: { at: 1 } }]);
    assert.deepEqual([spans[1]?.ended, spans[1]?.error], [1, undefined]);
    assert.equal(clock.waiting, 0);
  });

  it('is asked for again only before its first content', async () => {
    const again = await setUp([{ status: 503 }, { text: 'x', cut: 'before-tokens' }, { text: 'ok' }]);
    const parts = await all(again.stream());
    assert.equal(parts.filter(({ type }) => type === 'text').length, 2, 'nothing of the failed attempts');
    assert.equal(again.server.requests.length, 3);

    const cut = await setUp([{ text: 'The refund', cut: 'socket' }, { text: 'never' }]);
    const last = (await all(cut.stream())).at(-1);
    assert(last?.type === 'end' && last.reply.status === 'incomplete');
    assert.equal(last.reply.text, 'The refund');
    assert.equal(cut.server.requests.length, 1);
  });

  it('ends with whoever reads it: connection, place and span', async () => {
    const { stream, server, spans, clock } = await setUp([
      { text: 'The refund', cut: 'stall' },
      { text: 'next' },
    ]);
    for await (const part of stream()) if (part.type === 'text' && part.text !== '') break;
    await server.abandoned;
    assert.deepEqual([spans[1]?.ended, spans[1]?.error], [1, 'cancelled']);
    assert.equal(clock.waiting, 0);
    const last = (await all(stream())).at(-1);
    assert(last?.type === 'end' && last.reply.text === 'next', 'the only place is free again');
  });

  it('comes from a client whose key is fetched first, and fails for one without', async () => {
    const known = await setUp([{ text: 'hi' }], { get: async () => 'sk-1' });
    assert.equal((await all(known.stream())).at(-1)?.type, 'end');
    assert.equal(known.server.requests[0]?.headers.authorization, 'Bearer sk-1');
    const unknown = await setUp([], { get: async () => null });
    await assert.rejects(
      all(unknown.stream()),
      (error) => error instanceof ModelError && error.code === 'auth',
    );
  });

  it('comes from a model of the editor, too', async () => {
    const reply = {
      ...{ text: 'hi', toolCalls: [{ id: 'a', name: 'f', arguments: { x: 1 } }], model: 'm' },
      ...{ firstPartMs: 3, counted: { input: 1, output: 2 }, broken: null },
    };
    const client = createEditorClient({
      model: 'm',
      models: { complete: async () => reply },
      clock: manualClock(0),
      guard: stillGuard(),
    });
    const { span } = recordingSpan();
    const options = { signal: new AbortController().signal, span, timeoutMs: 1000 };
    const parts = await all(client.stream(HELLO, options));
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['head', 'text', 'tool-call', 'usage', 'finish', 'end'],
    );
  });
});
