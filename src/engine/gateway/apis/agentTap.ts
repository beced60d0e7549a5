import { unpackCopy } from './reply/unpackCopy.ts';
import type { ReplySummary, ReplyTap } from './replyTap.ts';

/** Bytes, as they pass, of which a copy is kept. */
const MOST_KEPT = 1024 * 1024;

/** Of an agent's reply nothing is known: any byte is content, and all of it is its text. */
export class AgentTap implements ReplyTap {
  readonly error = undefined;
  readonly #encoding: string | undefined;
  #copy: Uint8Array[] = [];
  #bytes = 0;
  #isEnded = false;
  #text: string | null = null;

  constructor(encoding: string | undefined) {
    this.#encoding = encoding;
  }

  push(bytes: Uint8Array): Uint8Array {
    this.#bytes += bytes.length;
    if (this.#bytes <= MOST_KEPT) this.#copy.push(bytes);
    else this.#copy = [];
    return bytes;
  }

  end(): Uint8Array {
    if (this.#isEnded) return new Uint8Array();
    this.#isEnded = true;
    if (this.#bytes <= MOST_KEPT) {
      const unpacked = unpackCopy(Buffer.concat(this.#copy), this.#encoding);
      this.#text = unpacked.kind === 'plain' ? unpacked.bytes.toString('utf8') : null;
    }
    this.#copy = [];
    return new Uint8Array();
  }

  get hasContent(): boolean {
    return this.#bytes > 0;
  }

  /** Its protocol is HTTP alone: whoever carried the bytes knows whether all have come. */
  get isWhole(): boolean {
    return this.#isEnded;
  }

  summary(): ReplySummary {
    const summary: ReplySummary = {
      model: null,
      responseId: null,
      usage: null,
      finishReasons: [],
      text: this.#text,
      toolCalls: [],
      fingerprint: null,
    };
    if (this.#bytes > MOST_KEPT) summary.isTooLong = true;
    return summary;
  }
}
