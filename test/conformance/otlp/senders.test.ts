import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { walk } from '../../../src/engine/telemetry/dialects/traceNode.ts';
import type { TraceTree } from '../../../src/engine/telemetry/dialects/traceTree.ts';
import { type OpenAiServer, type Script, startOpenAiServer } from '../../support/openaiServer.ts';
import { skip } from '../../support/skip.ts';
import { Receiver } from './receiver.ts';

const PEERS = path.join(import.meta.dirname, '../../../.peers');

/** A model that looks the order up and then answers. */
const REPLIES: Script[] = [
  {
    toolCalls: [{ id: 'call_1', name: 'lookup_order', arguments: '{"id":"A1"}' }],
    usage: { input: 90, output: 12, cached: 40 },
    model: 'gpt-5-mini',
  },
  { text: 'It was sent.', usage: { input: 120, output: 8, reasoning: 3 }, model: 'gpt-5-mini' },
];

/** Needs the packages that `npm install` puts into .peers/NAME. */
function needsPeer(context: Mocha.Context, name: string): string {
  const folder = path.join(PEERS, name);
  if (!existsSync(path.join(folder, 'node_modules')))
    skip(context, `the sender is not installed in .peers/${name}`);
  return folder;
}

async function run(sender: string, env: { [name: string]: string }): Promise<void> {
  await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'senders', `${sender}.mjs`)], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    timeout: 60_000,
  });
}

/** What a person sees of a trace: each span with its role, title, model and tokens. */
function seen(tree: TraceTree | undefined): string[] {
  return [...walk(tree?.roots ?? [])].flatMap(({ node }) => {
    if (!node.span) return ['missing'];
    const { role, title, tokens } = node.span;
    const use = tokens ? ` ${tokens.input}/${tokens.output}` : '';
    return [`${role} ${title}${use}`];
  });
}

describe('senders of OpenTelemetry', function () {
  this.timeout(90_000);
  this.slow(10_000);
  let receiver: Receiver;
  let model: OpenAiServer;
  beforeEach(async () => {
    receiver = await new Receiver().start();
    model = await startOpenAiServer(REPLIES);
  });
  afterEach(async () => {
    await receiver[Symbol.asyncDispose]();
    await model.close();
    assert.deepEqual(receiver.bugs, []);
  });

  for (const [peer, major, lost] of [
    ['otlp-current', '3', ''],
    // Exporters of then tried again only where they were asked to.
    ['otlp-previous', '1', 'HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n'],
  ] as const) {
    for (const [encoding, gzip] of [
      ['protobuf', ''],
      ['json', ''],
      ['protobuf', 'yes'],
      ['json', 'yes'],
    ] as const) {
      it(`${peer}: spans in ${encoding}${gzip && ' with gzip'} are stored as they were made`, async function () {
        const folder = needsPeer(this, peer);
        await run('sdk', {
          PEER: folder,
          MAJOR: major,
          ENCODING: encoding,
          GZIP: gzip,
          OTLP_URL: receiver.url,
        });

        const [tree] = receiver.trees();
        assert.deepEqual(seen(tree), ['agent support', 'model gpt-5-mini 1200/40']);
        const [root, call] = [...walk(tree?.roots ?? [])].map(({ node }) => node.span);
        assert.equal(root?.record.service, 'support');
        assert.deepEqual([root?.session, root?.error?.message], ['s-1', 'no order']);
        assert.deepEqual(call?.input, {
          kind: 'messages',
          messages: [{ role: 'user', parts: [{ type: 'text', text: 'Where is A1? ä🙂' }] }],
        });
        assert.deepEqual(call?.record.attributes['gen_ai.request.stop_sequences'], ['a', 'b']);
        assert.deepEqual(
          call?.record.events.map(({ name }) => name),
          ['first_token', 'exception'],
        );
        assert.ok(tree?.costUsd !== null && (tree?.costUsd ?? 0) > 0);
      });
    }

    it(`${peer}: an exporter whose first answer is lost sends again, and is stored once`, async function () {
      const folder = needsPeer(this, peer);
      await using proxy = await losingFirstAnswer(receiver.port, lost);
      await run('sdk', { PEER: folder, MAJOR: major, ENCODING: 'protobuf', GZIP: '', OTLP_URL: proxy.url });

      assert.ok(proxy.requests > 1, 'it did not try again');
      assert.deepEqual(seen(receiver.trees()[0]), ['agent support', 'model gpt-5-mini 1200/40']);
      assert.equal(receiver.counts.spans, 2);
    });
  }

  for (const [peer, instrumentation] of [
    ['otlp-openinference', '@arizeai/openinference-instrumentation-openai'],
    ['otlp-traceloop', '@traceloop/instrumentation-openai'],
  ] as const) {
    it(`${peer}: calls of the openai package are read with their messages, tools and tokens`, async function () {
      const folder = needsPeer(this, peer);
      await run('openai', {
        ...{ PEER: folder, INSTRUMENTATION: instrumentation },
        ...{ OTLP_URL: receiver.url, MODEL_URL: model.baseUrl },
      });

      const [tree] = receiver.trees();
      const spans = [...walk(tree?.roots ?? [])].flatMap(({ node }) => node.span ?? []);
      const calls = spans.filter(({ role }) => role === 'model');
      assert.deepEqual(
        calls.map(({ model: name, tokens }) => [name, tokens?.input, tokens?.output]),
        [
          ['gpt-5-mini', 90, 12],
          ['gpt-5-mini', 120, 8],
        ],
      );
      assert.deepEqual([tree?.tokens.input, tree?.tokens.output], [210, 20]);
      assert.ok((tree?.costUsd ?? 0) > 0);
      const [first, second] = calls;
      assert.ok(first?.output?.kind === 'messages');
      assert.deepEqual(
        first.output.messages[0]?.parts.filter(({ type }) => type === 'tool-call'),
        [{ type: 'tool-call', id: 'call_1', name: 'lookup_order', arguments: { id: 'A1' } }],
      );
      assert.ok(second?.input?.kind === 'messages');
      assert.deepEqual(
        second.input.messages.map(({ role }) => role),
        ['system', 'user', 'assistant', 'tool'],
      );
    });
  }

  it('otlp-ai: an agent of the AI SDK is read with its steps, tools and tokens', async function () {
    const folder = needsPeer(this, 'otlp-ai');
    await run('aiSdk', { PEER: folder, OTLP_URL: receiver.url, MODEL_URL: model.baseUrl });

    const [tree] = receiver.trees();
    const shown = seen(tree);
    assert.deepEqual(
      shown.filter((line) => line.startsWith('model')),
      ['model gpt-5-mini 90/12', 'model gpt-5-mini 120/8'],
    );
    assert.deepEqual([tree?.tokens.input, tree?.tokens.output], [210, 20]);
    assert.ok(shown[0]?.startsWith('agent'), shown[0]);
    const tool = [...walk(tree?.roots ?? [])].flatMap(({ node }) =>
      node.span?.tool ? [node.span.tool] : [],
    )[0];
    assert.deepEqual(
      [tool?.name, tool?.arguments, tool?.result],
      ['lookup_order', { id: 'A1' }, { status: 'sent' }],
    );
  });
});

/** Passes everything on; in place of the first answer comes another one, or nothing but the end of the connection. */
async function losingFirstAnswer(port: number, instead: string) {
  let requests = 0;
  let lost = false;
  const server = net.createServer((socket) => {
    const upstream = net.connect(port, '127.0.0.1');
    socket.on('data', (chunk) => {
      if (chunk.includes('POST /v1/traces')) requests += 1;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (lost) return void socket.write(chunk);
      lost = true;
      if (instead === '') socket.destroy();
      else socket.write(instead);
    });
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    get requests() {
      return requests;
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
