import type { ErrorWords } from '../../resilience/classify.ts';
import { KeptBytes } from './reply/keptBytes.ts';
import { unpackCopy } from './reply/unpackCopy.ts';
import type { ReplySummary, ReplyTap } from './replyTap.ts';
import type { StreamTap } from './streamTap.ts';

/** Bytes, as they pass, of which a copy is kept to be read. */
const MOST_KEPT = 4 * 1024 * 1024;

/** A stream that is packed although that was not asked for: it passes as it is, and is read at its end. */
export class PackedStreamTap implements ReplyTap {
  readonly #tap: StreamTap;
  readonly #encoding: string;
  readonly #kept = new KeptBytes(MOST_KEPT);
  #isEnded = false;
  /** Only whoever carried the bytes knows whether all have come. */
  #isUnread = false;

  constructor(tap: StreamTap, encoding: string) {
    this.#tap = tap;
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
    this.#kept.release();

    this.#isUnread = unpacked === null || unpacked.kind === 'unread';
    if (unpacked?.kind === 'plain') this.#tap.push(unpacked.bytes);
    this.#tap.end();
    return new Uint8Array();
  }

  get hasContent(): boolean {
    return this.#kept.size > 0;
  }

  get isWhole(): boolean {
    return this.#tap.isWhole || this.#isUnread;
  }

  get error(): ErrorWords | undefined {
    return this.#tap.error;
  }

  summary(): ReplySummary {
    return this.#tap.summary();
  }
}
