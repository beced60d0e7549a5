import type { JsonObject, JsonValue } from '../../model/json.ts';
import { readEmbeddedJson } from './embeddedJson.ts';

/** The attributes of one span or event. Remembers which were asked for: the rest was not understood. */
export class SpanFields {
  readonly #attributes: JsonObject;
  readonly #names: readonly string[];
  readonly #used = new Set<string>();
  readonly #cut = new Set<string>();

  constructor(attributes: JsonObject) {
    this.#attributes = attributes;
    this.#names = Object.keys(attributes);
  }

  /** As it was sent; undefined where it was not, or is null. */
  raw(name: string): JsonValue | undefined {
    if (!Object.hasOwn(this.#attributes, name)) return undefined;
    this.#used.add(name);
    return this.#attributes[name] ?? undefined;
  }

  /** The first of the names that has a text that is not empty. All of them count as understood. */
  text(...names: string[]): string | null {
    const values = names.map((name) => this.raw(name));
    const found = values.find((value) => typeof value === 'string' && value !== '');
    return typeof found === 'string' ? found : null;
  }

  /** The first of the names that has a count: a number that is not negative, or one as text. */
  count(...names: string[]): number | null {
    for (const value of names.map((name) => this.raw(name))) {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number;
    }
    return null;
  }

  /** The first of the names that was sent; a text that is JSON is parsed, as far as it goes where it was cut. */
  json(...names: string[]): JsonValue | undefined {
    const sent = names
      .map((name) => ({ name, value: this.raw(name) }))
      .find(({ value }) => value !== undefined);
    if (!sent) return undefined;

    const { value, cut } = readEmbeddedJson(sent.value);
    if (cut) this.#cut.add(sent.name);
    return value;
  }

  /** The names whose JSON was cut off by a limit of the sender. */
  cut(): string[] {
    return [...this.#cut];
  }

  /** A list of texts, which may be JSON, or one text alone. */
  texts(...names: string[]): string[] {
    const value = this.json(...names);
    if (Array.isArray(value)) return value.filter((item) => typeof item === 'string');
    return typeof value === 'string' && value !== '' ? [value] : [];
  }

  /** The names that begin with `prefix`, which count as understood from now on. */
  under(prefix: string): string[] {
    const names = this.#names.filter((name) => name.startsWith(prefix));
    for (const name of names) this.#used.add(name);
    return names;
  }

  /** The names of this kind count as understood from now on. */
  understand(isOne: (name: string) => boolean): void {
    for (const name of this.#names) if (isOne(name)) this.#used.add(name);
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** The names that nobody asked for. */
  unread(): string[] {
    return this.#names.filter((name) => !this.#used.has(name));
  }
}
