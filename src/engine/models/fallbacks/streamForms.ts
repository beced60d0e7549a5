import type { StreamPart } from '../modelClient.ts';

/** Only the last part: until then, nothing has been handed on. */
export async function* wholeOnly(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart> {
  for await (const part of parts) if (part.type === 'end') yield part;
}

/** All parts, from the first that says something: a stream that breaks before it has handed nothing on. */
export async function* fromContent(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart> {
  let preamble: StreamPart[] | undefined = [];
  for await (const part of parts) {
    if (!preamble) {
      yield part;
      continue;
    }

    // The reader of a reply that was cut off before it said anything may still get another one.
    if (part.type === 'end' && part.reply.status === 'incomplete') {
      yield part;
      return;
    }
    preamble.push(part);
    if (!saysSomething(part)) continue;
    yield* preamble;
    preamble = undefined;
  }
}

function saysSomething(part: StreamPart): boolean {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return part.text !== '';
    case 'tool-call':
    case 'end':
      return true;
    default:
      return false;
  }
}
