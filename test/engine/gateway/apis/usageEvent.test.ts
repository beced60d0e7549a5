import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ApiName } from '../../../../src/engine/gateway/apis/apiName.ts';
import { RECORDED } from './recordedStreams.ts';
import { inPieces, passed, tapOf } from './tapping.ts';

const USAGE = '{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}';
const usageEvents = [
  `data: {"choices":[],"usage":${USAGE}}\n\n`,
  `data:{"id":"a","usage":${USAGE}}\n\n`,
  `data: {"choices":null,"usage":${USAGE}}\n\n`,
  `: a comment\nid: 4\nevent: message\ndata: {"choices":[],\ndata: "usage":${USAGE}}\n\n`,
];

/** Events that stay, and look much like it. */
const otherEvents = [
  `data: {"choices":[{"index":0,"delta":{"content":"a"}}],"usage":${USAGE}}\n\n`,
  `data: {"choices":[],"usage":null}\n\n`,
  `data: {"choices":[],"prompt_filter_results":[]}\n\n`,
  `data: {"choices":[{"index":0,"delta":{"content":"Grüße 東京 🎉"},"finish_reason":null}]}\n\n`,
  `data: {"choices":[{"index":1,"delta":{"content":"b"}}]}\n\n`,
  `data: {"usage":${USAGE},"error":{"message":"no"}}\n\n`,
  `data: {"choices":[],"usage":${USAGE}\n\n`,
  ': keep-alive\n\n',
  'data:\n\n',
  '\n',
  'data: [DONE]\n\n',
  'event: ping\ndata: {}\n\n',
];

const anEvent = fc.oneof(
  fc.constantFrom(...usageEvents),
  fc.constantFrom(...otherEvents),
  fc.constantFrom(...RECORDED.filter(({ api }) => api === 'chat').flatMap(({ events }) => events)),
);
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 });

function isUsageOnly(text: string): boolean {
  const said = text
    .split('\n')
    .flatMap((line) => (line.startsWith('data:') ? [line.slice(5)] : []))
    .join('\n');
  try {
    const { choices, usage, error } = JSON.parse(said);
    return (choices ?? []).length === 0 && typeof usage === 'object' && usage !== null && error === undefined;
  } catch {
    return false;
  }
}

describe('a usage event that only the gateway had asked for', () => {
  it('is taken out of the bytes, and nothing else, whatever the events, line ends and chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anEvent, { maxLength: 12 }), lineEnd, lengths, async (events, end, sizes) => {
        const written = events.map((text) => text.replaceAll('\n', end));
        const bytes = Buffer.from(written.join(''));
        const stays = Buffer.from(written.filter((_, at) => !isUsageOnly(events[at] ?? '')).join(''));

        const dropping = await tapOf({ dropsUsage: true });
        assert.equal(passed(dropping, inPieces(bytes, sizes)).toString(), stays.toString());

        const passing = await tapOf();
        assert.ok(passed(passing, inPieces(bytes, sizes)).equals(bytes));

        const whole = await tapOf();
        passed(whole, [bytes]);
        for (const one of [dropping, passing]) {
          assert.deepEqual(one.summary(), whole.summary());
          assert.deepEqual(
            [one.hasContent, one.isWhole, one.error],
            [whole.hasContent, whole.isWhole, whole.error],
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  it('goes with its line feed that comes in the next chunk, and at the end of a stream without its blank line', async () => {
    const [event = ''] = usageEvents;
    const split = await tapOf({ dropsUsage: true });
    const crlf = event.replaceAll('\n', '\r\n');
    const pieces = [crlf.slice(0, -1), '\n', 'data: [DONE]\r\n\r\n'].map((text) => Buffer.from(text));
    assert.equal(passed(split, pieces).toString(), 'data: [DONE]\r\n\r\n');

    const last = await tapOf({ dropsUsage: true });
    assert.equal(
      passed(last, [Buffer.from(`data: [DONE]\n\n${event.trimEnd()}`)]).toString(),
      'data: [DONE]\n\n',
    );
    assert.deepEqual(last.summary().usage, { inputTokens: 5, outputTokens: 2 });
  });

  it('stays where the stream is packed: its bytes cannot be cut', async () => {
    const tap = await tapOf({
      dropsUsage: true,
      headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' },
    });
    const { gzipSync } = await import('node:zlib');
    const bytes = gzipSync(usageEvents.join(''));
    assert.ok(passed(tap, inPieces(bytes, [7])).equals(bytes));
    assert.deepEqual(tap.summary().usage, { inputTokens: 5, outputTokens: 2 });
  });
});

describe('bytes of any kind', () => {
  const apis: ApiName[] = ['chat', 'responses', 'messages', 'embeddings', 'models', 'agent'];
  const types = ['text/event-stream', 'application/json', 'text/plain', ''];
  const encodings = [undefined, 'gzip', 'br', 'deflate', 'zstd', 'gzip, br', 'utf-8'];

  it('pass as they are, and break nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...apis),
        fc.constantFrom(...types),
        fc.constantFrom(...encodings),
        fc.constantFrom(200, 204, 404, 500),
        fc.boolean(),
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 60 }),
            fc.json().map((text) => Buffer.from(`data: ${text}\n\n`)),
            fc.json().map((text) => Buffer.from(text)),
            anyShape.map((value) => Buffer.from(`data: ${JSON.stringify(value)}\r\n\r\n`)),
            anyShape.map((value) => Buffer.from(JSON.stringify(value))),
          ),
          { maxLength: 8 },
        ),
        lengths,
        async (api, type, encoding, status, stream, parts, sizes) => {
          const headers = { 'content-type': type, 'content-encoding': encoding };
          const tap = await tapOf({ api, headers, status, stream });
          const bytes = Buffer.concat(parts);
          const before = tap.summary();
          assert.ok(passed(tap, inPieces(bytes, sizes)).equals(bytes));
          tap.end();
          assert.ok(before && tap.summary() && typeof tap.isWhole === 'boolean');
        },
      ),
      { numRuns: 1500 },
    );
  });
});

/** Objects with the keys that are read, and values of the wrong kinds. */
const anyShape = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, -1, 1e308, '', 'text', 'tool_use', 'message', 'function_call', 'error'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'type',
          'choices',
          'delta',
          'message',
          'content',
          'index',
          'tool_calls',
          'function',
          'name',
          'id',
        ],
        ...['arguments', 'finish_reason', 'usage', 'error', 'response', 'output', 'item', 'output_index'],
        ...['content_block', 'partial_json', 'stop_reason', 'prompt_tokens', 'input_tokens', 'output_tokens'],
        ...['data', 'model', 'summary', 'status', 'incomplete_details', 'x_groq', 'refusal', '__proto__'],
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;
