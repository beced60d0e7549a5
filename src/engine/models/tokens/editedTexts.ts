import type { Encoding } from './encoding.ts';
import { IncrementalCounter } from './incrementalCounter.ts';

/** Texts up to this many characters are counted anew: that is as fast as comparing them. */
const SHORT = 512;
/** Counters kept; a prompt has few long messages. */
const KEPT = 16;

/**
 * An encoding for texts that come again and again with small edits, such as the messages of a prompt that is
 * being written. Counts are those of the encoding itself; only what an edit changed is counted anew.
 */
export class EditedTexts implements Pick<Encoding, 'name' | 'count'> {
  readonly name: Encoding['name'];
  readonly #encoding: Encoding;
  /** The one used last stands last. */
  readonly #counters: IncrementalCounter[] = [];

  constructor(encoding: Encoding) {
    this.name = encoding.name;
    this.#encoding = encoding;
  }

  count(text: string): number {
    if (text.length <= SHORT) return this.#encoding.count(text);
    const counter = this.#nearest(text) ?? new IncrementalCounter(this.#encoding);
    const at = this.#counters.indexOf(counter);
    if (at >= 0) this.#counters.splice(at, 1);
    else if (this.#counters.length >= KEPT) this.#counters.shift();
    this.#counters.push(counter);
    return counter.update(text);
  }

  /** The counter whose text shares most with this one; undefined where none shares half of it. */
  #nearest(text: string): IncrementalCounter | undefined {
    let nearest: IncrementalCounter | undefined;
    let most = text.length / 2;
    for (const counter of this.#counters) {
      const shared = counter.shared(text);
      if (shared < most) continue;
      most = shared;
      nearest = counter;
    }
    return nearest;
  }
}
