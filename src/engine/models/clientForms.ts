import type { CallOptions, ModelClient, ModelReply, ModelRequest, StreamPart } from './modelClient.ts';

type Identity = Pick<ModelClient, 'provider' | 'model' | 'endpoint'>;

/** A client that streams; its whole reply is the last part of the stream. */
export function streamingClient(
  identity: Identity,
  stream: (request: ModelRequest, options: CallOptions) => AsyncIterable<StreamPart>,
): ModelClient {
  return {
    ...identity,
    stream,
    async complete(request, options) {
      for await (const part of stream(request, options)) if (part.type === 'end') return part.reply;
      throw new Error('the stream ended without its reply');
    },
  };
}

/** A client that has its reply as a whole, and streams that at once. */
export function wholeClient(
  identity: Identity,
  complete: (request: ModelRequest, options: CallOptions) => Promise<ModelReply>,
): ModelClient {
  return {
    ...identity,
    async *stream(request, options) {
      yield* partsOf(await complete(request, options));
    },
    complete,
  };
}

/** A reply as a stream that brings it at once. */
export async function* partsOf(reply: ModelReply): AsyncGenerator<StreamPart> {
  yield { type: 'head', model: reply.model, id: reply.responseId };
  yield { type: reply.status === 'refused' ? 'refusal' : 'text', text: reply.text };
  for (const [index, { id, name, arguments: given }] of reply.toolCalls.entries()) {
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    yield { type: 'tool-call', index, id, name, arguments: text };
  }
  if (reply.usage) yield { type: 'usage', usage: reply.usage };
  if (reply.finishReason !== null) yield { type: 'finish', reason: reply.finishReason };
  yield { type: 'end', reply };
}
