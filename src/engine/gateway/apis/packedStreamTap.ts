import type { ErrorWords } from '../../resilience/classify.ts';
import { unpackCopy } from './reply/unpackCopy.ts';
import type { ReplySummary, ReplyTap } from './replyTap.ts';
import type { StreamTap } from './streamTap.ts';

/** Bytes, as they pass, of which a copy is kept to be read. */
const MOST_KEPT = 4 * 1024 * 1024;

/** A stream that is packed although that was not asked for: it passes as it is, and is read at its end. */
export class PackedStreamTap implements ReplyTap {
  readonly #tap: StreamTap;
  readonly #encoding: string;
  #copy: Uint8Array[] = [];
  #bytes = 0;
  #isEnded = false;
  /** Only whoever carried the bytes knows whether all have come. */
  #isUnread = false;

  constructor(tap: StreamTap, encoding: string) {
    this.#tap = tap;
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
    const isKept = this.#bytes <= MOST_KEPT;
    const unpacked = isKept ? unpackCopy(Buffer.concat(this.#copy), this.#encoding) : undefined;
    this.#copy = [];

    this.#isUnread = unpacked === undefined || unpacked.kind === 'unread';
    if (unpacked?.kind === 'plain') this.#tap.push(unpacked.bytes);
    this.#tap.end();
    return new Uint8Array();
  }

  get hasContent(): boolean {
    return this.#bytes > 0;
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
