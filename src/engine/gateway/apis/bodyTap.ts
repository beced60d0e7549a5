import { JsonLimitError, parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { ErrorWords } from '../../resilience/classify.ts';
import { KeptBytes } from './reply/keptBytes.ts';
import type { ReplyForm } from './reply/replyForm.ts';
import { unpackCopy } from './reply/unpackCopy.ts';
import type { ReplySummary, ReplyTap } from './replyTap.ts';
import { Members } from './requestMembers.ts';
import type { TapReading } from './tapReading.ts';

/** Bytes, as they pass, of which a copy is kept to be read. */
const MOST_KEPT = 8 * 1024 * 1024;
/** A body that is longer is an answer, and none that is held back any more. */
const MOST_HELD = 64 * 1024;

interface BodyOptions {
  status: number;
  encoding: string | undefined;
  /** By its type, or because it has none. */
  isJson: boolean;
  /** Its data is not read. */
  isList: boolean;
}

/**
 * Reads a body that comes in one piece, at its end. Until then it has no content: a short one that breaks off, or says an
 * error, can still be asked for elsewhere.
 */
export class BodyTap implements ReplyTap {
  readonly #form: ReplyForm;
  readonly #reading: TapReading;
  readonly #options: BodyOptions;
  readonly #kept = new KeptBytes(MOST_KEPT);
  #hasContent = false;
  #isWhole = false;
  #isEnded = false;
  #error: ErrorWords | undefined;

  constructor(form: ReplyForm, reading: TapReading, options: BodyOptions) {
    this.#form = form;
    this.#reading = reading;
    this.#options = options;
  }

  push(bytes: Uint8Array): Uint8Array {
    this.#kept.add(bytes);
    this.#hasContent ||= this.#kept.size > MOST_HELD;
    return bytes;
  }

  end(): Uint8Array {
    if (!this.#isEnded) this.#read();
    this.#isEnded = true;
    this.#kept.release();
    return new Uint8Array();
  }

  get hasContent(): boolean {
    return this.#hasContent;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  get error(): ErrorWords | undefined {
    return this.#error;
  }

  summary(): ReplySummary {
    return this.#reading.summary(
      this.#isEnded && this.#isWhole && this.#error === undefined && this.#options.status < 300,
    );
  }

  #read(): void {
    const isRefusal = this.#options.status >= 300;
    const copy = this.#kept.bytes();
    const read = copy ? this.#parsed(copy) : 'unread';
    if (typeof read === 'string') {
      const passes = isRefusal || read === 'unread' || (this.#kept.size > 0 && !this.#options.isJson);
      this.#isWhole = passes;
      this.#hasContent ||= passes;
      return;
    }

    this.#isWhole = true;
    this.#error = this.#form.whole(read.value);
    this.#hasContent ||= this.#error === undefined || isRefusal;
  }

  /** `broken`: it is not JSON, or not all of it. `unread`: it is more than is read here. */
  #parsed(packed: Buffer): { value: JsonValue } | 'broken' | 'unread' {
    const body = unpackCopy(packed, this.#options.encoding);
    if (body.kind !== 'plain') return body.kind;
    if (this.#options.isList) return listHead(body.bytes) ?? 'broken';
    try {
      return { value: parseUntrustedJson(body.bytes.toString('utf8').replace(/^\ufeff/, '')) };
    } catch (error) {
      return error instanceof JsonLimitError ? 'unread' : 'broken';
    }
  }
}

/** What stands around a list of vectors, which may be tens of megabytes. */
function listHead(body: Buffer): { value: JsonObject } | undefined {
  const members = new Members(body);
  if (!members.isObject) return undefined;

  const head: JsonObject = members.has('data') ? { data: null } : {};
  for (const key of ['model', 'id', 'usage', 'error']) {
    const value = members.value(key);
    if (value !== undefined) head[key] = value;
  }
  return { value: head };
}
