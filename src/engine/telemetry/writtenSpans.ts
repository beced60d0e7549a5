import type { SpanRecord } from '../model/span.ts';

/** A span as it is stored: what it is found by, and the JSON of its record. */
export interface WrittenSpan extends Pick<SpanRecord, 'traceId' | 'spanId' | 'startMs'> {
  body: string;
}

/** Bytes of the first chunk, and the most of one, unless a span is longer. */
const FIRST_CHUNK = 64 * 1024;
const MOST_CHUNK = 1024 * 1024;
/** Of a UTF-16 unit in UTF-8. */
const MOST_OF_UNIT = 3;

interface Chunk {
  bytes: Buffer;
  used: number;
  spans: number;
}

/**
 * Finished spans on their way to another thread, as bytes outside of the heap: a line each. As objects they would be moved by each
 * collection of garbage meanwhile, copied by the message, and written as JSON in the end all the same.
 */
export class WrittenSpans {
  #full: Chunk[] = [];
  #last: Chunk | undefined;
  #spans = 0;
  #bytes = 0;

  /** That are waiting. */
  get spans(): number {
    return this.#spans;
  }

  /** Of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  add(span: SpanRecord): void {
    const line = `${span.traceId} ${span.spanId} ${span.startMs} ${JSON.stringify(span)}\n`;
    const chunk = this.#chunkFor(line);
    const written = chunk.bytes.write(line, chunk.used, 'utf8');
    chunk.used += written;
    chunk.spans += 1;
    this.#bytes += written;
    this.#spans += 1;
  }

  /** Those that came first, for `readWrittenSpans`: with a buffer of their own. Undefined where none wait. */
  take(): { bytes: Uint8Array<ArrayBuffer>; spans: number } | undefined {
    const chunk = this.#full.shift() ?? this.#last;
    if (!chunk) return undefined;
    if (chunk === this.#last) this.#last = undefined;
    this.#spans -= chunk.spans;
    this.#bytes -= chunk.used;
    return { bytes: new Uint8Array(chunk.bytes.buffer as ArrayBuffer, 0, chunk.used), spans: chunk.spans };
  }

  #chunkFor(line: string): Chunk {
    const last = this.#last;
    const left = last ? last.bytes.length - last.used : 0;
    if (last && (line.length * MOST_OF_UNIT <= left || Buffer.byteLength(line) <= left)) return last;

    if (last) this.#full.push(last);
    const usual = last ? Math.min(MOST_CHUNK, last.bytes.length * 2) : FIRST_CHUNK;
    const size = Math.max(usual, Buffer.byteLength(line));
    this.#last = { bytes: Buffer.allocUnsafeSlow(size), used: 0, spans: 0 };
    return this.#last;
  }
}

const LINE_END = 0x0a;

/** In the order in which they were added. */
export function readWrittenSpans(bytes: Uint8Array): WrittenSpan[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const spans: WrittenSpan[] = [];
  for (let from = 0; from < buffer.length; ) {
    const to = buffer.indexOf(LINE_END, from);
    spans.push(readLine(buffer.toString('utf8', from, to)));
    from = to + 1;
  }
  return spans;
}

function readLine(line: string): WrittenSpan {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  const third = line.indexOf(' ', second + 1);
  return {
    traceId: line.slice(0, first),
    spanId: line.slice(first + 1, second),
    startMs: Number(line.slice(second + 1, third)),
    body: line.slice(third + 1),
  };
}
