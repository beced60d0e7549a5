import type { JsonValue } from '../../model/json.ts';

/** Bytes that are no protobuf message. */
export class BrokenBytes extends Error {}

/** What a field's number and wire type are in one: `tag(3, BYTES)`. */
export function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

export const VARINT = 0;
export const FIXED64 = 1;
/** A text, bytes, or a message. */
export const BYTES = 2;
export const FIXED32 = 5;
/** What protobuf had before messages within messages; it ends with a tag of the same field. */
export const GROUP = 3;
const GROUP_END = 4;
/** Groups within groups. */
const MOST_GROUPS = 100;

const TWO_32 = 2 ** 32;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface Range {
  start: number;
  end: number;
}

/**
 * Reads protobuf's wire format, https://protobuf.dev/programming-guides/encoding. Nothing is made of what is passed over, and every
 * length is checked against the message that it stands in. Methods throw BrokenBytes.
 */
export class ProtobufBytes {
  readonly #bytes: Buffer;
  #at = 0;
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.byteLength;
  }

  /** The tag of the next field of the message that is being read; 0 at its end. */
  next(): number {
    if (this.#at === this.#end) return 0;
    const read = this.varint();
    if (read < 8) throw new BrokenBytes('a field has no number');
    return read;
  }

  /** Passes over the value of a field. */
  skip(fieldTag: number, groups = 0): void {
    switch (fieldTag & 7) {
      case VARINT:
        this.varint();
        return;
      case FIXED64:
        this.#pass(8);
        return;
      case BYTES:
        this.#pass(this.varint());
        return;
      case FIXED32:
        this.#pass(4);
        return;
      case GROUP:
        this.#skipGroup(fieldTag - GROUP + GROUP_END, groups + 1);
        return;
      default:
        throw new BrokenBytes('a field is of no known type');
    }
  }

  /** Begins a message that stands here, and returns what `leave` wants to be given once its fields are read. */
  enter(): number {
    const length = this.varint();
    const start = this.#pass(length);
    const outer = this.#end;
    this.#end = this.#at;
    this.#at = start;
    return outer;
  }

  leave(outer: number): void {
    this.#at = this.#end;
    this.#end = outer;
  }

  /** Passes over a message, and tells where it is. */
  range(): Range {
    const length = this.varint();
    const start = this.#pass(length);
    return { start, end: start + length };
  }

  /** Goes into a message that was passed over. */
  goTo({ start, end }: Range): void {
    this.#at = start;
    this.#end = end;
  }

  /** As an unsigned number of 32 bits; higher bits are left out, as protobuf wants it. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new BrokenBytes('a number is too long');
  }

  /** As a number of 32 bits with its sign. */
  int32(): number {
    return this.varint() | 0;
  }

  /** An integer of 64 bits with its sign; one beyond 2^53 stays text: it is an id, and is never rounded. */
  integer(): JsonValue {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 28) low += bits * 2 ** shift;
      else if (shift === 28) {
        low += (bits & 0x0f) * 2 ** 28;
        high = bits >> 4;
      } else if (shift < 63) high += bits * 2 ** (shift - 32);
      else high += (bits & 1) * 2 ** 31;
      if (byte < 0x80) return signed(high, low);
    }
    throw new BrokenBytes('a number is too long');
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#pass(8));
  }

  /** Nanoseconds since the epoch as milliseconds, to the microsecond; null for 0, which stands for none. */
  time(): number | null {
    const at = this.#pass(8);
    const low = this.#bytes.readUInt32LE(at);
    const high = this.#bytes.readUInt32LE(at + 4);
    if (low === 0 && high === 0) return null;
    const micros = Math.floor(high / 1000) * TWO_32 + Math.floor(((high % 1000) * TWO_32 + low) / 1000);
    return micros / 1000;
  }

  text(): string {
    const length = this.varint();
    const at = this.#pass(length);
    return textOf(this.#bytes, at, at + length);
  }

  /** A text that comes again and again. */
  name(): string {
    const length = this.varint();
    const at = this.#pass(length);
    return names.at(this.#bytes, at, length);
  }

  hex(): string {
    const length = this.varint();
    const at = this.#pass(length);
    return this.#bytes.toString('hex', at, at + length);
  }

  base64(): string {
    const length = this.varint();
    const at = this.#pass(length);
    return this.#bytes.toString('base64', at, at + length);
  }

  #skipGroup(end: number, groups: number): void {
    if (groups > MOST_GROUPS) throw new BrokenBytes('groups are nested too deeply');
    for (let field = this.next(); field !== end; field = this.next()) {
      if (field === 0) throw new BrokenBytes('it breaks off');
      this.skip(field, groups);
    }
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new BrokenBytes('it breaks off');
    return this.#bytes[this.#at++] ?? 0;
  }

  /** Returns where it was before. */
  #pass(length: number): number {
    const at = this.#at;
    if (length > this.#end - at) throw new BrokenBytes('it breaks off');
    this.#at = at + length;
    return at;
  }
}

function signed(high: number, low: number): JsonValue {
  const value = (high | 0) * TWO_32 + low;
  return Number.isSafeInteger(value) ? value : String(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)));
}

/** What is not UTF-8 is refused: its replacement would be stored as if it had been sent. */
function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  if (!text.includes('\ufffd')) return text;
  try {
    return strict.decode(bytes.subarray(start, end));
  } catch {
    throw new BrokenBytes('a text is not UTF-8');
  }
}

/** Names that are remembered, and how long each may be. */
const NAMES = 512;
const MOST_LENGTH = 64;

/** The same names stand in every span: each is made once. */
class Names {
  readonly #known: string[] = new Array(NAMES).fill('');

  at(bytes: Buffer, start: number, length: number): string {
    if (length > MOST_LENGTH) return textOf(bytes, start, start + length);

    let digest = length;
    for (let at = start; at < start + length; at += 1) digest = (digest * 31 + (bytes[at] ?? 0)) | 0;
    const slot = (digest >>> 0) % NAMES;
    const known = this.#known[slot] ?? '';
    if (isSame(known, bytes, start, length)) return known;

    const name = textOf(bytes, start, start + length);
    this.#known[slot] = name;
    return name;
  }
}

const names = new Names();

/** Only for names in ASCII, each character of which is one byte. */
function isSame(name: string, bytes: Buffer, start: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let at = 0; at < length; at += 1) {
    const code = name.charCodeAt(at);
    if (code !== bytes[start + at] || code > 0x7f) return false;
  }
  return true;
}
