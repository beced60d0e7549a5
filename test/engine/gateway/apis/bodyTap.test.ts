import assert from 'node:assert/strict';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { TapOptions } from '../../../../src/engine/gateway/apis/openTap.ts';
import type { ReplyTap } from '../../../../src/engine/gateway/apis/replyTap.ts';
import { inPieces, passed, tapOf } from './tapping.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const CHAT = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-2024-08-06',
  system_fingerprint: 'fp_1',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'Grüße', refusal: null }, finish_reason: 'stop' },
    { index: 1, message: { role: 'assistant', content: 'other' }, finish_reason: 'length' },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
});

async function read(body: string | Uint8Array, options: Partial<TapOptions> = {}): Promise<ReplyTap> {
  const tap = await tapOf({ stream: false, headers: JSON_TYPE, ...options });
  const bytes = Buffer.from(body);
  assert.ok(passed(tap, inPieces(bytes, [7, 100])).equals(bytes));
  return tap;
}

describe('a body in one piece as it passes', () => {
  it('is read at its end, and has no content before', async () => {
    const tap = await tapOf({ stream: false, headers: JSON_TYPE });
    tap.push(Buffer.from(CHAT));
    assert.deepEqual([tap.hasContent, tap.isWhole], [false, false]);
    tap.end();
    assert.deepEqual([tap.hasContent, tap.isWhole, tap.error], [true, true, undefined]);
    assert.deepEqual(tap.summary(), {
      model: 'gpt-4o-2024-08-06',
      responseId: 'chatcmpl-1',
      usage: { inputTokens: 9, outputTokens: 3 },
      finishReasons: ['stop', 'length'],
      text: 'Grüße',
      toolCalls: [],
      fingerprint: 'fp_1',
    });
  });

  it('is unpacked, whatever it was packed with', async () => {
    const packed = [
      ['gzip', gzipSync(CHAT)],
      ['x-gzip', gzipSync(CHAT)],
      ['br', brotliCompressSync(CHAT)],
      ['deflate', deflateSync(CHAT)],
      ['deflate', deflateRawSync(CHAT)],
      ['deflate', gzipSync(CHAT)],
      ['zstd', zstdCompressSync(CHAT)],
      ['gzip, br', brotliCompressSync(gzipSync(CHAT))],
      ['identity', Buffer.from(CHAT)],
      ['utf-8', Buffer.from(CHAT)],
    ] as const;
    for (const [encoding, bytes] of packed) {
      const tap = await read(bytes, { headers: { ...JSON_TYPE, 'content-encoding': encoding } });
      assert.deepEqual([tap.summary().text, tap.isWhole], ['Grüße', true], encoding);
    }
  });

  it('is not whole where it breaks off or is broken, so that it can be asked for again', async () => {
    for (const [encoding, bytes] of [
      ['identity', Buffer.from(CHAT).subarray(0, -1)],
      ['gzip', gzipSync(CHAT).subarray(0, 60)],
      ['gzip', Buffer.from('not packed')],
      ['br', brotliCompressSync(CHAT).subarray(0, 40)],
      ['br', Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])],
      ['zstd', Buffer.from([1, 2, 3, 4])],
      ['identity', Buffer.alloc(0)],
    ] as const) {
      const tap = await read(bytes, { headers: { ...JSON_TYPE, 'content-encoding': encoding } });
      assert.deepEqual([tap.hasContent, tap.isWhole, tap.summary().usage], [false, false, null], encoding);
    }
  });

  it('passes where it is whole and cannot be read: packed otherwise, a bomb, another type, nested beyond reason', async () => {
    const bomb = gzipSync(Buffer.alloc(40e6));
    const deep = `{"a":${'['.repeat(300)}${']'.repeat(300)}}`;
    for (const [headers, bytes] of [
      [{ ...JSON_TYPE, 'content-encoding': 'lzma' }, Buffer.from([0xff, 0xfe, 0, 1])],
      [{ ...JSON_TYPE, 'content-encoding': 'gzip' }, bomb],
      [{ 'content-type': 'text/html' }, Buffer.from('<html>')],
      [JSON_TYPE, Buffer.from(deep)],
      [JSON_TYPE, Buffer.from('{"__proto__":1}')],
    ] as const) {
      const tap = await read(bytes, { headers });
      assert.deepEqual([tap.hasContent, tap.isWhole], [true, true], JSON.stringify(headers));
    }
  });

  it('says what the error is that stands in place of an answer', async () => {
    for (const [api, body, message] of [
      ['chat', '{"error":{"message":"busy","code":503}}', 'busy'],
      ['chat', '{"error":"busy"}', 'busy'],
      ['chat', '{"choices":[],"error":{"message":"busy"}}', 'busy'],
      ['messages', '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}', 'busy'],
      [
        'responses',
        '{"status":"failed","output":[],"error":{"code":"server_error","message":"busy"}}',
        'busy',
      ],
      ['embeddings', '{"error":{"message":"busy"}}', 'busy'],
    ] as const) {
      const tap = await read(body, { api });
      assert.deepEqual([tap.error?.message, tap.hasContent, tap.summary().usage], [message, false, null]);

      const refusal = await read(body, { api, status: 503 });
      assert.deepEqual([refusal.error?.message, refusal.hasContent], [message, true]);
    }
    assert.equal((await read(CHAT.replace('{', '{"error":null,'))).error, undefined);
  });

  it('is read where a stream was asked for and none came, and the other way round', async () => {
    assert.equal((await read(CHAT, { stream: true })).summary().text, 'Grüße');
    const events = 'data: {"choices":[{"delta":{"content":"x"}}]}\n\n';
    assert.equal(
      (await read(events, { headers: { 'content-type': 'text/event-stream' } })).summary().text,
      'x',
    );
    assert.equal((await read(events, { stream: true, headers: {} })).summary().text, 'x');
  });

  it('is a message of Anthropic’s form', async () => {
    const body = {
      id: 'msg_1',
      type: 'message',
      model: 'claude-sonnet-4-5',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'x' },
        { type: 'text', text: 'I ' },
        { type: 'text', text: 'look.' },
        { type: 'tool_use', id: 't', name: 'find', input: { q: [1] } },
      ],
      stop_reason: 'tool_use',
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 4,
        cache_creation_input_tokens: 0,
        output_tokens: 6,
      },
    };
    const { text, toolCalls, finishReasons, usage } = (
      await read(JSON.stringify(body), { api: 'messages' })
    ).summary();
    assert.deepEqual([text, finishReasons], ['I look.', ['tool_use']]);
    assert.deepEqual(toolCalls, [{ id: 't', name: 'find', arguments: { q: [1] } }]);
    assert.deepEqual(usage, { inputTokens: 14, outputTokens: 6, cachedInputTokens: 4 });
  });

  it('is a response', async () => {
    const body = {
      id: 'resp_1',
      model: 'gpt-5',
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'One' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' },
      ],
      usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
    };
    const { text, toolCalls, finishReasons, usage } = (
      await read(JSON.stringify(body), { api: 'responses' })
    ).summary();
    assert.deepEqual([text, finishReasons], ['One', ['max_output_tokens']]);
    assert.deepEqual(toolCalls, [{ id: 'c', name: 'f', arguments: { a: 1 } }]);
    assert.deepEqual(usage, { inputTokens: 3, outputTokens: 4 });
  });

  it('is a list of vectors, of which only what stands around it is read', async () => {
    const vectors = `[${'{"embedding":[0.1,-0.2]},'.repeat(1000)}null]`;
    const body = `{"data":${vectors},"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}`;
    const told = await read(body, { api: 'embeddings' });
    assert.deepEqual(told.summary().usage, { inputTokens: 8, outputTokens: 0 });
    assert.deepEqual([told.isWhole, told.hasContent, told.summary().text], [true, true, null]);
    assert.equal((await read(body.slice(0, -1), { api: 'embeddings' })).isWhole, false);

    const untold = await read('{"data":[],"model":"m"}', { api: 'embeddings' });
    assert.equal(untold.summary().usage?.counted, true);
  });

  it('is long: it passes from 64 KiB on, and what is beyond 8 MiB is not kept', async () => {
    const tap = await tapOf({ stream: false, headers: JSON_TYPE });
    tap.push(Buffer.alloc(65_536, ' '));
    assert.equal(tap.hasContent, false);
    tap.push(Buffer.from(' '));
    assert.equal(tap.hasContent, true);
    for (let at = 0; at < 200; at += 1) tap.push(Buffer.alloc(65_536, ' '));
    tap.end();
    assert.deepEqual([tap.isWhole, tap.summary().text, tap.summary().usage], [true, null, null]);
  });

  it('of an agent is its text, and content from its first byte on', async () => {
    const tap = await tapOf({ api: 'agent', headers: {} });
    assert.equal(tap.hasContent, false);
    tap.push(Buffer.from(' '));
    assert.deepEqual([tap.hasContent, tap.isWhole], [true, false]);
    tap.push(Buffer.from('{"answer":"Grüße"}'));
    tap.end();
    assert.deepEqual(
      [tap.isWhole, tap.summary().text, tap.summary().usage],
      [true, ' {"answer":"Grüße"}', null],
    );

    const packed = await read(gzipSync('ja'), { api: 'agent', headers: { 'content-encoding': 'gzip' } });
    assert.equal(packed.summary().text, 'ja');
    const long = await read(Buffer.alloc(1024 * 1024 + 1, 'a'), { api: 'agent', headers: {} });
    assert.deepEqual([long.summary().text, long.summary().isTooLong], [null, true]);
  });
});
