/** An event as it passes; `data` is undefined where it was too long to keep. */
export interface PassingEvent {
  name: string | undefined;
  data: string | undefined;
}

/** What becomes of an event's bytes. */
export type Fate = 'pass' | 'drop';

export interface ScannerLimits {
  /** Bytes of one event's data that are kept; a longer one has none. */
  maxEvent: number;
  /** Bytes of one event that are held back to see what it is; a longer one passes. 0 where all pass. */
  maxHeld: number;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const BOM = Buffer.from('\ufeff');
const NOTHING = Buffer.alloc(0);

/**
 * Finds the events in the bytes of a text/event-stream, by the WHATWG's rules, wherever the chunks are split, and says which
 * bytes pass: all of them, or all but those of events that are dropped. An event's bytes are its lines and the blank line
 * behind it. Lines end with CR, LF or both, and with nothing else. Each byte is looked at once or twice.
 */
export class EventScanner {
  readonly #onEvent: (event: PassingEvent) => Fate;
  readonly #limits: ScannerLimits;
  /** Of the line that is not yet whole. */
  #line: Uint8Array[] = [];
  #lineBytes = 0;
  #isFirstLine = true;
  #isComment = false;
  /** The last byte was a CR, of a line or of the blank line behind an event: an LF behind it belongs to it and shares its fate. */
  #afterReturn: 'line' | Fate | undefined;

  #data: string[] = [];
  #dataBytes = 0;
  #name: string | undefined;
  #isTooLong = false;
  /** Of the event that is not yet whole; undefined where its bytes pass already. */
  #held: Uint8Array[] | undefined = [];
  #heldBytes = 0;

  constructor(onEvent: (event: PassingEvent) => Fate, limits: ScannerLimits) {
    this.#onEvent = onEvent;
    this.#limits = limits;
  }

  /** The bytes that pass, of these and of those held back. */
  push(given: Uint8Array): Uint8Array {
    const chunk = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    if (chunk.length === 0) return chunk;
    const passed: Uint8Array[] = [];
    const ends = new LineEnds(chunk);

    // `begin`: of the event that is under way; `from`: of its line.
    let { begin, from } = this.#finishReturn(chunk, passed);
    for (let end = ends.next(from); end !== undefined; end = ends.next(from)) {
      const isReturn = chunk[end] === CR;
      const next = isReturn && chunk[end + 1] === LF ? end + 2 : end + 1;

      if (this.#lineBytes > 0 || end > from) {
        this.#endLine(chunk.subarray(from, end));
        if (isReturn && end + 1 === chunk.length) this.#afterReturn = 'line';
      } else {
        const fate = this.#endEvent();
        this.#release(passed, chunk.subarray(fate === 'drop' ? next : begin, next));
        begin = next;
        if (isReturn && end + 1 === chunk.length) this.#afterReturn = fate;
      }
      from = next;
    }

    this.#addToLine(chunk.subarray(from));
    this.#hold(passed, chunk.subarray(begin));
    return joined(passed, chunk);
  }

  /** Nothing more comes: an event at the end counts though its blank line is missing. */
  end(): Uint8Array {
    if (this.#lineBytes > 0) this.#endLine(NOTHING);
    const fate = this.#endEvent();
    const held = fate === 'drop' ? [] : (this.#held ?? []);
    this.#held = [];
    this.#heldBytes = 0;
    return Buffer.concat(held);
  }

  /** An LF at the beginning may belong to the line end before it. */
  #finishReturn(chunk: Buffer, passed: Uint8Array[]): { begin: number; from: number } {
    const after = this.#afterReturn;
    this.#afterReturn = undefined;
    if (after === undefined || chunk[0] !== LF) return { begin: 0, from: 0 };
    if (after === 'line') return { begin: 0, from: 1 };
    if (after === 'pass') passed.push(chunk.subarray(0, 1));
    return { begin: 1, from: 1 };
  }

  /** The event ends here; what is held of it passes. */
  #release(passed: Uint8Array[], rest: Uint8Array): void {
    if (this.#held) passed.push(...this.#held);
    passed.push(rest);
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** What has come of an event that is not yet whole. */
  #hold(passed: Uint8Array[], bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#held && this.#heldBytes + bytes.length <= this.#limits.maxHeld) {
      this.#held.push(Buffer.from(bytes));
      this.#heldBytes += bytes.length;
      return;
    }
    if (this.#held) passed.push(...this.#held);
    passed.push(bytes);
    this.#held = undefined;
  }

  /** More of the line that is under way. */
  #addToLine(bytes: Uint8Array): void {
    if (bytes.length === 0 || !this.#counts(bytes)) return;
    // A piece of a chunk would keep all of it in memory.
    this.#line.push(Buffer.from(bytes));
  }

  #endLine(rest: Uint8Array): void {
    const isRead = rest.length === 0 ? this.#line.length > 0 : this.#counts(rest);
    const line = this.#line.length === 0 ? rest : Buffer.concat([...this.#line, rest]);
    this.#line = [];
    this.#lineBytes = 0;

    if (isRead) this.#readLine(Buffer.from(line.buffer, line.byteOffset, line.byteLength));
    this.#isFirstLine = false;
  }

  /** Whether these bytes of the line are to be read: not those of a comment, nor of an event that is too long. */
  #counts(bytes: Uint8Array): boolean {
    if (this.#lineBytes === 0) this.#isComment = bytes[0] === COLON;
    this.#lineBytes += bytes.length;
    if (this.#isComment || this.#isTooLong) return false;

    this.#isTooLong = this.#dataBytes + this.#lineBytes > this.#limits.maxEvent;
    if (this.#isTooLong) {
      this.#line = [];
      this.#data = [];
    }
    return !this.#isTooLong;
  }

  #readLine(whole: Buffer): void {
    const line = this.#isFirstLine && BOM.equals(whole.subarray(0, 3)) ? whole.subarray(3) : whole;
    const colon = line.indexOf(COLON);
    const name = line.toString('latin1', 0, colon < 0 ? line.length : colon);
    if (name !== 'data' && name !== 'event') return;

    const from = colon < 0 ? line.length : line[colon + 1] === SPACE ? colon + 2 : colon + 1;
    const value = line.toString('utf8', from);
    if (name === 'event') this.#name = value === '' ? undefined : value;
    else {
      this.#data.push(value);
      this.#dataBytes += line.length;
    }
  }

  #endEvent(): Fate {
    const [data, name, isTooLong] = [this.#data, this.#name, this.#isTooLong];
    this.#data = [];
    this.#dataBytes = 0;
    this.#name = undefined;
    this.#isTooLong = false;
    this.#isFirstLine = false;

    if (data.length === 0 && !isTooLong) return 'pass';
    const fate = this.#onEvent({ name, data: isTooLong ? undefined : data.join('\n') });
    // What passes already cannot be dropped.
    if (fate === 'pass' || this.#held === undefined || this.#limits.maxHeld === 0) return 'pass';
    this.#held = [];
    this.#heldBytes = 0;
    return 'drop';
  }
}

/** Where lines end in a chunk; each of the two ends is searched for once, however many there are of the other. */
class LineEnds {
  readonly #chunk: Buffer;
  #feed: number;
  #return: number;

  constructor(chunk: Buffer) {
    this.#chunk = chunk;
    this.#feed = indexOf(chunk, LF, 0);
    this.#return = indexOf(chunk, CR, 0);
  }

  next(from: number): number | undefined {
    if (this.#feed < from) this.#feed = indexOf(this.#chunk, LF, from);
    if (this.#return < from) this.#return = indexOf(this.#chunk, CR, from);
    const end = Math.min(this.#feed, this.#return);
    return end === Number.POSITIVE_INFINITY ? undefined : end;
  }
}

function indexOf(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** The chunk itself, where all of it passes and nothing else. */
function joined(passed: readonly Uint8Array[], chunk: Buffer): Uint8Array {
  const bytes = passed.reduce((sum, { length }) => sum + length, 0);
  const first = passed.find(({ length }) => length > 0);
  const isWhole =
    bytes === chunk.length && first?.buffer === chunk.buffer && first?.byteOffset === chunk.byteOffset;
  return isWhole ? chunk : Buffer.concat(passed, bytes);
}
