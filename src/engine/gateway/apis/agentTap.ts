import { KeptBytes } from './reply/keptBytes.ts';
import { unpackCopy } from './reply/unpackCopy.ts';
import type { ReplySummary, ReplyTap } from './replyTap.ts';

/** Bytes, as they pass, of which a copy is kept. */
const MOST_KEPT = 1024 * 1024;

/** Of an agent's reply nothing is known: any byte is content, and all of it is its text. */
export class AgentTap implements ReplyTap {
  readonly error = undefined;
  readonly #encoding: string | undefined;
  readonly #kept = new KeptBytes(MOST_KEPT);
  #isEnded = false;
  #text: string | null = null;

  constructor(encoding: string | undefined) {
    this.#encoding = encoding;
  }

  push(bytes: Uint8Array): Uint8Array {
    this.#kept.add(bytes);
    return bytes;
  }

  end(): Uint8Array {
    if (this.#isEnded) return new Uint8Array();
    this.#isEnded = true;
    const copy = this.#kept.bytes();
    const unpacked = copy && unpackCopy(copy, this.#encoding);
    this.#text = unpacked?.kind === 'plain' ? unpacked.bytes.toString('utf8') : null;
    this.#kept.release();
    return new Uint8Array();
  }

  get hasContent(): boolean {
    return this.#kept.size > 0;
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
    if (this.#kept.size > MOST_KEPT) summary.isTooLong = true;
    return summary;
  }
}
