import { secretForms } from './secretForms.ts';

/** Stands where a key was. */
const MARK = '[key]';

/**
 * Takes keys out of everything that comes back from outside, also where they are encoded (secretForms.ts). One for
 * each run, because a key that one target was given may come back from another; keys that are fetched later are added.
 */
export class Redactor {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  constructor(secrets: Iterable<string> = []) {
    this.learn(secrets);
  }

  /** From now on, these are taken out as well. */
  learn(secrets: Iterable<string>): void {
    for (const secret of secrets) for (const form of secretForms(secret)) this.#forms.add(form);
    // The longest first: a key may begin with another one.
    const forms = [...this.#forms].sort((a, b) => b.length - a.length);
    this.#pattern = forms.length === 0 ? undefined : new RegExp(forms.map(escaped).join('|'), 'g');
  }

  readonly text = (text: string): string => {
    return this.#pattern ? text.replace(this.#pattern, MARK) : text;
  };

  /** Every text within plain data, keys of objects included. */
  value<T>(value: T): T {
    return this.#pattern ? (this.#clean(value) as T) : value;
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

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
