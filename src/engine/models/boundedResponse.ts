import { isNestedDeeper, MAX_REPLY_DEPTH } from '../model/jsonDepth.ts';
import { ModelError } from './modelClient.ts';

const MIB = 1024 * 1024;

/** Bytes after decompression; a reply beyond them is an attack or a fault. */
const MAX_REPLY = 32 * MIB;
/** A stream says some hundred bytes around each token. */
const MAX_STREAM = 256 * MIB;
/** One event of a stream: the library holds it in memory as a whole. */
const MAX_EVENT = 4 * MIB;
/** Of a reply with an error status, only so much is read. */
const MAX_ERROR = 64 * 1024;
/** Characters of an error that is no plain JSON. */
const MAX_ERROR_TEXT = 1000;

/**
 * The response with a body that ends in a ModelError `protocol` where it grows beyond its limit; an error's body is cut
 * instead, and taken for a text where its JSON is nested too deep.
 */
export async function boundedResponse(response: Response): Promise<Response> {
  const { body, status, statusText, headers } = response;
  if (body === null) return response;

  const head = { status, statusText, headers };
  if (!response.ok) return new Response(await readError(body), head);

  const streamed = headers.get('content-type')?.includes('text/event-stream') ?? false;
  return new Response(body.pipeThrough(streamed ? limitStream() : limitBytes(MAX_REPLY)), head);
}

function limitBytes(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      size += chunk.length;
      if (size > limit) controller.error(tooLong('the reply', limit));
      else controller.enqueue(chunk);
    },
  });
}

function limitStream(): TransformStream<Uint8Array, Uint8Array> {
  const measure = eventMeasure();
  let size = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      size += chunk.length;
      if (size > MAX_STREAM) controller.error(tooLong('the stream', MAX_STREAM));
      else if (measure(chunk) > MAX_EVENT) controller.error(tooLong('one event of the stream', MAX_EVENT));
      else controller.enqueue(chunk);
    },
  });
}

/** Bytes of the longest event of which a part lies in the chunk. A blank line ends an event. */
function eventMeasure(): (chunk: Uint8Array) => number {
  let event = 0;
  let line = 0;
  let previous = 0;
  return (chunk) => {
    let longest = event;
    for (const byte of chunk) {
      const ends = byte === 0x0a || byte === 0x0d;
      if (!ends) {
        line += 1;
        event += 1;
        if (event > longest) longest = event;
      } else if (byte !== 0x0a || previous !== 0x0d) {
        if (line === 0) event = 0;
        line = 0;
      }
      previous = byte;
    }
    return longest;
  };
}

async function readError(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of body) {
    text += decoder.decode(chunk.subarray(0, MAX_ERROR - size), { stream: true });
    size += chunk.length;
    if (size >= MAX_ERROR) break;
  }
  return isNestedDeeper(text, MAX_REPLY_DEPTH) ? text.slice(0, MAX_ERROR_TEXT) : text;
}

function tooLong(what: string, limit: number): ModelError {
  return new ModelError('protocol', `${what} is longer than ${limit / MIB} MiB`, { transient: false });
}
