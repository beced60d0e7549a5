import { FileError } from '../../../errors.ts';
import { parseJson } from '../../../files/formats/parseJson.ts';
import { excerpt } from '../../../files/text/excerpt.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import type { SourceLocation } from '../../../model/location.ts';

/**
 * One record of a foreign file. Fields are consumed one by one; the rest is kept in the metadata. Null, and an empty
 * cell of a CSV file, count as absent.
 */
export class SourceRecord {
  readonly location: SourceLocation;
  /** As the file has it. */
  readonly value: JsonObject;
  readonly #isCsv: boolean;
  readonly #taken = new Set<string>();

  constructor(value: JsonObject, location: SourceLocation, options: { csv?: boolean } = {}) {
    this.value = value;
    this.location = location;
    this.#isCsv = options.csv === true;
  }

  get names(): string[] {
    return Object.keys(this.value);
  }

  has(name: string): boolean {
    return this.#peek(name) !== undefined;
  }

  /** A field without taking it; a map or list in a CSV cell is read as JSON. */
  peek(name: string): JsonValue | undefined {
    const value = this.#peek(name);
    return this.#isCsv && typeof value === 'string' ? this.#readCell(value) : value;
  }

  /** The first of the fields that exists, unchanged; a map or list in a CSV cell is parsed as JSON. */
  take(...names: string[]): JsonValue | undefined {
    for (const name of names) {
      const value = this.#peek(name);
      if (value === undefined) continue;
      this.#taken.add(name);
      return this.#isCsv && typeof value === 'string' ? this.#readCell(value) : value;
    }
    return undefined;
  }

  /** Like `take`, but parses a map or list written as a JSON string in any kind of file. */
  takeJson(...names: string[]): JsonValue | undefined {
    const value = this.take(...names);
    return typeof value === 'string' ? this.#readCell(value) : value;
  }

  /** A text; numbers and booleans as JSON writes them. Throws FileError for a map or list. */
  takeText(...names: string[]): string | undefined {
    for (const name of names) {
      const value = this.#peek(name);
      if (value === undefined) continue;
      if (typeof value === 'object') throw this.fail(`${name} is not a string`);
      this.#taken.add(name);
      return String(value);
    }
    return undefined;
  }

  /** A map; anything else is left where it is. */
  takeMap(...names: string[]): JsonObject | undefined {
    return this.#takeIf(names, isJsonObject);
  }

  /** A list of texts; anything else is left where it is. */
  takeTexts(...names: string[]): string[] | undefined {
    return this.#takeIf(names, isTexts);
  }

  /** The fields that were not consumed. */
  rest(): JsonObject {
    const left = this.names.filter((name) => !this.#taken.has(name) && this.#peek(name) !== undefined);
    return Object.fromEntries(left.map((name) => [name, this.value[name] ?? null]));
  }

  fail(what: string, remedy?: string): FileError {
    return new FileError(what, { where: this.location, remedy });
  }

  #takeIf<T extends JsonValue>(
    names: readonly string[],
    fits: (value: JsonValue) => value is T,
  ): T | undefined {
    for (const name of names) {
      const raw = this.#peek(name);
      if (raw === undefined) continue;
      const value = this.#isCsv && typeof raw === 'string' ? this.#readCell(raw) : raw;
      if (!fits(value)) continue;
      this.#taken.add(name);
      return value;
    }
    return undefined;
  }

  #peek(name: string): JsonValue | undefined {
    const value = Object.hasOwn(this.value, name) ? this.value[name] : undefined;
    return value === null || (this.#isCsv && value === '') ? undefined : value;
  }

  /** A cell that starts like JSON but is not stays a string. */
  #readCell(text: string): JsonValue {
    if (!/^\s*[[{]/.test(text)) return text;
    try {
      return parseJson(text, excerpt(this.location.path)).value;
    } catch (error) {
      if (error instanceof FileError) return text;
      throw error;
    }
  }
}

function isTexts(value: JsonValue): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
