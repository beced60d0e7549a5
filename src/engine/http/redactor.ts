import { type DecodedText, decodedText, undumpedText } from './decodedText.ts';
import { mayHoldHex } from './hexRun.ts';
import { secretForms } from './secretForms.ts';

/** Stands where a key was. */
const MARK = '[key]';

/**
 * Takes keys out of everything that comes back from outside, also where they are encoded (secretForms.ts) or escaped
 * (decodedText.ts). One for each run, because a key that one target was given may come back from another; keys that are
 * fetched later are added.
 */
export class Redactor {
  readonly #texts = new Set<string>();
  readonly #hex = new Set<string>();
  #inText: RegExp | undefined;
  #inHex: RegExp | undefined;
  /** Digits of the shortest. */
  #leastHex = 0;

  constructor(secrets: Iterable<string> = []) {
    this.learn(secrets);
  }

  /** From now on, these are taken out as well. */
  learn(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      const { texts, hex } = secretForms(secret);
      for (const text of texts) this.#texts.add(text);
      for (const digits of hex) this.#hex.add(digits);
    }
    this.#inText = patternOf(this.#texts);
    this.#inHex = patternOf(this.#hex);
    this.#leastHex = Math.min(...[...this.#hex].map((digits) => digits.length));
  }

  readonly text = (text: string): string => {
    if (!this.#inText) return text;
    const plain = text.replace(this.#inText, MARK);
    const decoded = cleaned(plain, decodedText(plain), this.#inText);
    if (!this.#inHex || !mayHoldHex(decoded, this.#leastHex)) return decoded;

    const bare = decoded.replace(this.#inHex, MARK);
    return cleaned(bare, undumpedText(bare), this.#inHex);
  };

  /** Every text within plain data, keys of objects included. */
  value<T>(value: T): T {
    return this.#inText ? (this.#clean(value) as T) : value;
  }

  #clean(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#clean(item));
    if (typeof value !== 'object' || value === null) return value;

    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.text(key), this.#clean(item)]),
    );
  }
}

/** Takes secrets out of a text, e.g. out of an error that quotes the key it was given. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  return new Redactor(secrets).text;
}

/** The longest first: a key may begin with another one. */
function patternOf(forms: ReadonlySet<string>): RegExp | undefined {
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  return sorted.length === 0 ? undefined : new RegExp(sorted.map(escaped).join('|'), 'g');
}

/** The text without what the pattern finds once it is decoded. */
function cleaned(text: string, decoded: DecodedText | undefined, pattern: RegExp): string {
  if (!decoded) return text;
  const pieces: string[] = [];
  let end = 0;
  for (const { 0: found, index } of decoded.text.matchAll(pattern)) {
    const { start } = decoded.sourceOf(index);
    pieces.push(text.slice(end, Math.max(start, end)), MARK);
    end = Math.max(end, decoded.sourceOf(index + found.length - 1).end);
  }
  return end === 0 ? text : [...pieces, text.slice(end)].join('');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
