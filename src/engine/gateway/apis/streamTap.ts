import { parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { ErrorWords } from '../../resilience/classify.ts';
import type { ReplyForm } from './reply/replyForm.ts';
import type { ReplyTap } from './replyTap.ts';
import { EventScanner, type Fate, type PassingEvent } from './stream/eventScanner.ts';
import type { TapReading } from './tapReading.ts';

/** Bytes of one event, which is held in memory as a whole to be read. */
const MOST_EVENT = 4 * 1024 * 1024;
/** A usage event is some hundred bytes. */
const MOST_HELD = 64 * 1024;

/** Reads a stream of events as it passes. */
export class StreamTap implements ReplyTap {
  readonly #form: ReplyForm;
  readonly #reading: TapReading;
  readonly #scanner: EventScanner;
  readonly #dropsUsage: boolean;
  #hasContent = false;
  #isWhole = false;
  #isEnded = false;
  #error: ErrorWords | undefined;

  constructor(form: ReplyForm, reading: TapReading, dropsUsage: boolean) {
    this.#form = form;
    this.#reading = reading;
    this.#dropsUsage = dropsUsage;
    const limits = { maxEvent: MOST_EVENT, maxHeld: dropsUsage ? MOST_HELD : 0 };
    this.#scanner = new EventScanner((event) => this.#fateOf(event), limits);
  }

  push(bytes: Uint8Array): Uint8Array {
    return this.#scanner.push(bytes);
  }

  end(): Uint8Array {
    if (this.#isEnded) return new Uint8Array();
    const held = this.#scanner.end();
    this.#isEnded = true;
    // Some servers send no last mark behind the last finish reason.
    this.#isWhole ||= this.#form.isFinished && this.#error === undefined;
    return held;
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

  summary() {
    return this.#reading.summary(this.#isEnded && (this.#hasContent || this.#error === undefined));
  }

  #fateOf({ name, data }: PassingEvent): Fate {
    if (data === undefined) {
      this.#hasContent = true;
      this.#isWhole ||= name !== undefined && this.#form.endNames.has(name);
      return 'pass';
    }

    const text = data.trim();
    if (text === '') return 'pass';
    if (text === '[DONE]') {
      this.#isWhole = true;
      return 'pass';
    }

    const value = parsed(text);
    // What cannot be read may be what the client waits for.
    if (!isJsonObject(value)) {
      this.#hasContent = true;
      return 'pass';
    }

    const meaning = this.#form.event(name, value);
    this.#error ??= meaning.error;
    if (meaning.isContent && (meaning.error === undefined || this.#hasContent)) this.#hasContent = true;
    this.#isWhole ||= meaning.isEnd === true && meaning.error === undefined;
    return this.#dropsUsage && meaning.isUsageOnly ? 'drop' : 'pass';
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseUntrustedJson(text);
  } catch {
    return undefined;
  }
}
