import { PromptError } from '../../errors.ts';
import type { Pointer, SourceDocument } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceRange } from '../../model/location.ts';

/** Reads settings by pointer and reports the location of invalid ones. Unknown keys are ignored. */
export class Fields {
  readonly document: SourceDocument;

  constructor(document: SourceDocument) {
    this.document = document;
  }

  /** A file without settings. */
  static empty(path: string): Fields {
    const start = { path, line: 1, column: 1, endLine: 1, endColumn: 1 };
    return new Fields({ path, text: '', value: {}, locate: () => start, locateKey: () => start });
  }

  /** The value at a pointer; undefined if the key is missing or empty. */
  get(pointer: Pointer): JsonValue | undefined {
    let value: JsonValue | undefined = this.document.value;
    for (const key of pointer) {
      if (Array.isArray(value)) value = typeof key === 'number' ? value[key] : undefined;
      else value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }
    return value ?? undefined;
  }

  string(pointer: Pointer): string | undefined {
    const value = this.get(pointer);
    if (value === undefined || typeof value === 'string') return value;
    throw this.mismatch(pointer, 'a string');
  }

  number(pointer: Pointer): number | undefined {
    const value = this.get(pointer);
    if (value === undefined || typeof value === 'number') return value;
    throw this.mismatch(pointer, 'a number');
  }

  map(pointer: Pointer): JsonObject | undefined {
    const value = this.get(pointer);
    if (value === undefined || isJsonObject(value)) return value;
    throw this.mismatch(pointer, 'a map');
  }

  list(pointer: Pointer): JsonValue[] | undefined {
    const value = this.get(pointer);
    if (value === undefined || Array.isArray(value)) return value;
    throw this.mismatch(pointer, 'a list');
  }

  /** One text or several, always as a list. */
  strings(pointer: Pointer): string[] | undefined {
    const value = this.get(pointer);
    if (value === undefined) return undefined;
    const list = Array.isArray(value) ? value : [value];
    const texts = list.filter((item) => typeof item === 'string');
    if (texts.length !== list.length) throw this.mismatch(pointer, 'a string or a list of strings');
    return texts;
  }

  locate(pointer: Pointer): SourceRange {
    return this.document.locate(pointer);
  }

  locateKey(pointer: Pointer): SourceRange {
    return this.document.locateKey(pointer);
  }

  fail(pointer: Pointer, what: string, remedy?: string): PromptError {
    return new PromptError(what, {
      where: this.locate(pointer),
      remedy,
    });
  }

  /** The error for a value of the wrong kind. */
  mismatch(pointer: Pointer, expected: string): PromptError {
    const value = this.get(pointer);
    return this.fail(pointer, `${showPointer(pointer)} is ${kindOf(value)}; expected ${expected}`);
  }
}

/** `inputs.name`, `messages[2].role`. */
function showPointer(pointer: Pointer): string {
  return pointer.reduce<string>(
    (shown, key) => (typeof key === 'number' ? `${shown}[${key}]` : shown === '' ? key : `${shown}.${key}`),
    '',
  );
}

function kindOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'a string';
  return typeof value === 'number' ? `the number ${value}` : `${value}`;
}
