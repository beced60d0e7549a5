import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { readEvents } from '../../http/eventStream.ts';
import type { Reply } from '../../http/exchange.ts';
import { HttpError } from '../../http/httpError.ts';
import { ModelError } from '../modelClient.ts';
import { beyondMeasure } from '../wire/replyFields.ts';
import type { ReplyPart } from '../wire/replyPart.ts';
import { errorEvent, ReplyReader } from '../wire/replyReader.ts';

const MIB = 1024 * 1024;
/** Bytes after decompression; a reply beyond them is an attack or a fault. */
const MAX_REPLY = 32 * MIB;
/** A stream says some hundred bytes around each token. */
const MAX_STREAM = 256 * MIB;
/** One event of a stream, which is held in memory as a whole. */
const MAX_EVENT = 4 * MIB;

/**
 * The parts of a chat completion as a server sends it. Some compatible servers and proxies do not know streams and send
 * the whole reply. Throws what `ReplyReader` does, a SyntaxError for JSON that is none, and HttpError.
 */
export async function* replyParts(
  reply: Reply,
  { streamed }: { streamed: boolean },
): AsyncGenerator<ReplyPart> {
  const isJson = /\bjson\b/.test(reply.contentType);
  if (isJson || !streamed) {
    const text = await wholeText(reply);
    // An answer without a body is missing, not broken.
    const value: unknown = text === '' ? undefined : isJson ? parseUntrustedJson(text) : text;
    yield* new ReplyReader().completion(value);
    return;
  }
  if (!reply.contentType.includes('text/event-stream')) {
    const message = 'the provider answered with something other than an event stream';
    throw new ModelError('protocol', message, { transient: false });
  }
  yield* streamParts(reply);
}

/** Bytes that are no UTF-8 cost a character of the answer, not the answer. */
export async function wholeText(reply: Reply): Promise<string> {
  try {
    return new TextDecoder().decode(await reply.bytes(MAX_REPLY));
  } catch (error) {
    throw isTooLarge(error) ? beyondMeasure(`the reply is longer than ${MAX_REPLY / MIB} MiB`) : error;
  }
}

async function* streamParts(reply: Reply): AsyncGenerator<ReplyPart> {
  const reader = new ReplyReader();
  let finished = false;
  for await (const { event, data } of eventsOf(reply)) {
    if (data.trim() === '[DONE]') break;
    // Some servers keep the connection alive with empty events.
    if (data.trim() === '') continue;

    const value: unknown = parseUntrustedJson(data);
    if (event === 'error') throw errorEvent(errorWithin(value));

    for (const part of reader.chunk(value)) {
      finished ||= part.type === 'finish';
      yield part;
    }
  }

  if (finished) return;

  throw new ModelError('network', 'the stream ended before the reply was complete', { transient: true });
}

async function* eventsOf(reply: Reply) {
  try {
    yield* readEvents(reply.chunks(MAX_STREAM), MAX_EVENT);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    const isEvent = error.fault.maxBytes === MAX_EVENT;
    const [what, limit] = isEvent ? ['one event of the stream', MAX_EVENT] : ['the stream', MAX_STREAM];
    throw beyondMeasure(`${what} is longer than ${limit / MIB} MiB`);
  }
}

function errorWithin(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'error' in value ? value.error : value;
}

type TooLarge = HttpError & { fault: { kind: 'too-large'; maxBytes: number } };

function isTooLarge(error: unknown): error is TooLarge {
  return error instanceof HttpError && error.fault.kind === 'too-large';
}
