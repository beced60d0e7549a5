import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readEvents } from '../../../../src/engine/http/eventStream.ts';
import { readChatRequest } from '../../../../src/engine/models/wire/readRequest.ts';
import { addPart, emptyDraft, type ReplyDraft } from '../../../../src/engine/models/wire/replyDraft.ts';
import type { ReplyPart } from '../../../../src/engine/models/wire/replyPart.ts';
import { ReplyReader } from '../../../../src/engine/models/wire/replyReader.ts';
import { StreamWriter, writeCompletion } from '../../../../src/engine/models/wire/writeReply.ts';
import { writeChatRequest } from '../../../../src/engine/models/wire/writeRequest.ts';
import { anyParts, anyRequest } from './arbitraries.ts';

const HEAD = { id: 'chatcmpl-1', model: 'm-1', created: 1_700_000_000 };

describe('the chat wire form, there and back', () => {
  it('keeps a request', () => {
    fc.assert(
      fc.property(anyRequest, fc.boolean(), fc.boolean(), (request, stream, modern) => {
        const maxTokensField = modern ? 'max_completion_tokens' : 'max_tokens';
        const body = writeChatRequest(request, { model: 'm-1', maxTokensField, stream });
        assert.deepEqual(readChatRequest(asJson(body)), {
          ...{ model: 'm-1', request: asJson(request), stream, includeUsage: stream, ignored: [] },
        });
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a streamed reply, however its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyParts,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        async (parts, cuts) => {
          const writer = new StreamWriter(HEAD, { includeUsage: true });
          const text = parts.map((part) => writer.part(part)).join('') + writer.end();
          const read: ReplyPart[] = [];
          const reader = new ReplyReader();
          for await (const { data } of readEvents(pieces(Buffer.from(text), cuts), 1e6))
            if (data !== '[DONE]') read.push(...reader.chunk(JSON.parse(data)));
          assert.deepEqual(draftOf(read), draftOf(parts));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps a reply that is sent whole', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const draft = draftOf(parts);
        const body = asJson(writeCompletion(draft, HEAD));
        assert.deepEqual(draftOf(new ReplyReader().completion(body)), draft);
      }),
      { numRuns: 300 },
    );
  });

  it('tells of usage only who asked for it', () => {
    const writer = new StreamWriter(HEAD, { includeUsage: false });
    const usage = { inputTokens: 1, outputTokens: 2 };
    assert.equal(writer.part({ type: 'usage', usage }) + writer.end(), 'data: [DONE]\n\n');
  });

  it('tells of a reply that broke off, in a chunk and in place of one', () => {
    const writer = new StreamWriter(HEAD, { includeUsage: true });
    const chunk = JSON.parse(writer.part({ type: 'fault', message: 'upstream' }).slice('data: '.length));
    assert.deepEqual(new ReplyReader().chunk(chunk).at(-1), { type: 'fault', message: 'upstream' });
    const error = JSON.parse(writer.error({ message: 'gone' }).slice('data: '.length));
    assert.throws(() => new ReplyReader().chunk(error), /gone/);
  });
});

function asJson(value: unknown) {
  return JSON.parse(JSON.stringify(value));
}

function draftOf(parts: readonly ReplyPart[]): ReplyDraft {
  const draft = emptyDraft();
  for (const part of parts) addPart(draft, part);
  return draft;
}

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
