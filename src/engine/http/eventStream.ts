import { HttpError } from './httpError.ts';

/** One event of a stream of server-sent events. */
export interface ServerEvent {
  /** Undefined where the server gives it no name. */
  event: string | undefined;
  data: string;
}

/**
 * The events of a body of the type text/event-stream, by the WHATWG's rules, except that an event at the end counts
 * though its blank line is missing. Throws HttpError `too-large` for an event of more than `maxCharacters`.
 */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
  maxCharacters: number,
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  const parser = new EventParser(maxCharacters);
  for await (const chunk of chunks) yield* parser.push(decoder.decode(chunk, { stream: true }));
  yield* parser.push(decoder.decode());
  yield* parser.end();
}

/** An event as it stands in the stream. */
export function formatEvent({ event, data }: ServerEvent): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  const lines = data.split(/\r\n|\n|\r/).map((line) => `data: ${line}\n`);
  return `${name}${lines.join('')}\n`;
}

/** Takes text in pieces of any size, and looks at each character once. */
export class EventParser {
  readonly #max: number;
  /** What has come of the line that is not yet whole. */
  #line = '';
  #data: string[] = [];
  #dataSize = 0;
  #event: string | undefined;
  /** The last character was a carriage return: a line feed behind it is part of the same line end. */
  #afterReturn = false;

  constructor(maxCharacters: number) {
    this.#max = maxCharacters;
  }

  *push(text: string): Generator<ServerEvent> {
    let from = this.#afterReturn && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#afterReturn = text.endsWith('\r');

    for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) {
      if (index < from) continue;
      this.#line += text.slice(from, index);
      from = index + end.length;
      this.#checkSize();
      const event = this.#endLine();
      if (event) yield event;
    }
    this.#line += text.slice(from);
    this.#checkSize();
  }

  *end(): Generator<ServerEvent> {
    const last = this.#line === '' ? undefined : this.#endLine();
    if (last) yield last;
    const event = this.#endEvent();
    if (event) yield event;
  }

  #endLine(): ServerEvent | undefined {
    const line = this.#line;
    this.#line = '';
    if (line === '') return this.#endEvent();

    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'event') this.#event = value;
    if (name === 'data') {
      this.#data.push(value);
      this.#dataSize += value.length + 1;
    }
    return undefined;
  }

  #endEvent(): ServerEvent | undefined {
    const [data, event] = [this.#data, this.#event];
    this.#data = [];
    this.#dataSize = 0;
    this.#event = undefined;
    return data.length === 0 ? undefined : { event: event || undefined, data: data.join('\n') };
  }

  #checkSize(): void {
    if (this.#line.length + this.#dataSize <= this.#max) return;
    throw new HttpError(
      { kind: 'too-large', maxBytes: this.#max },
      `one event of the stream is longer than ${this.#max} characters`,
    );
  }
}
