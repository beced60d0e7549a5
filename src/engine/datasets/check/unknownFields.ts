import { distance } from 'fastest-levenshtein';
import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { CURRENT_FORMAT, type FormatVersion } from '../formatVersion.ts';
import { knownFields, type MapKind } from './validators.ts';

/** An unknown field; `meant` is the known field that it probably misspells. */
export interface UnknownField {
  pointer: Pointer;
  kind: MapKind;
  field: string;
  meant?: string;
}

/** Most names that are reported; a hostile file may have any number. */
const MAX_REPORTED = 50;

/** Names of older formats, which a newer one does not read. */
const RENAMED: { [field: string]: string } = { expected_keywords: 'expected_concepts' };

/**
 * Finds fields that nothing reads. They are allowed, so that files of a later minor version can be read. One that
 * resembles an absent known field is reported every time; any other only at its first occurrence.
 */
export class UnknownFieldFinder {
  readonly #known: { [kind in MapKind]: readonly string[] };
  /** Fields of a later format, which an older file may already have. */
  readonly #later: { [kind in MapKind]: readonly string[] };
  /** Remembered per kind and field: a large dataset repeats the same names. */
  readonly #meant = new Map<string, string | undefined>();
  readonly #isNewer: boolean;
  /** Names reported so far. */
  readonly #reported = new Set<string>();

  /** `isNewer`: the file has a later minor version, with fields that this version does not know. */
  constructor(format: FormatVersion, isNewer: boolean) {
    this.#isNewer = isNewer;
    this.#known = knownFields(format);
    this.#later = knownFields(CURRENT_FORMAT);
  }

  inDataset(dataset: JsonObject): UnknownField[] {
    return this.#inMap(dataset, 'dataset', []).filter(({ meant }) => meant !== undefined);
  }

  inCase(testCase: JsonObject): UnknownField[] {
    return [
      ...this.#inMap(testCase, 'case', []),
      ...this.#inMap(testCase['expected_output'], 'expected_output', ['expected_output']),
      ...this.#inMap(testCase['evaluation_criteria'], 'evaluation_criteria', ['evaluation_criteria']),
    ];
  }

  #inMap(value: JsonValue | undefined, kind: MapKind, pointer: Pointer): UnknownField[] {
    if (!isJsonObject(value)) return [];
    const found: UnknownField[] = [];
    for (const field of Object.keys(value)) {
      if (this.#known[kind].includes(field) || this.#later[kind].includes(field)) continue;
      const meant = this.#lookUp(field, kind);
      const at = { pointer: [...pointer, field], kind, field };
      if (meant && !Object.hasOwn(value, meant)) found.push({ ...at, meant });
      else if (this.#isNew(field, kind)) found.push(at);
    }
    return found;
  }

  #isNew(field: string, kind: MapKind): boolean {
    const key = `${kind}/${field}`;
    if (this.#isNewer) return false;
    if (this.#reported.has(key) || this.#reported.size >= MAX_REPORTED) return false;
    this.#reported.add(key);
    return true;
  }

  #lookUp(field: string, kind: MapKind): string | undefined {
    const known = this.#known[kind];
    const key = `${kind}/${field}`;
    if (this.#meant.has(key)) return this.#meant.get(key);
    const meant = closest(field, known);
    // Bounded, because a hostile file may have any number of names.
    if (this.#meant.size < 10_000) this.#meant.set(key, meant);
    return meant;
  }
}

function closest(field: string, known: readonly string[]): string | undefined {
  const renamed = RENAMED[field];
  if (renamed && known.includes(renamed)) return renamed;
  if (field.length > 40) return undefined;
  const plain = normalise(field);
  // Short names such as `ids` or `tag` are one slip from a known one; long ones may have two.
  return known.find((name) => {
    const other = normalise(name);
    return distance(plain, other) <= (name.length < 8 ? 1 : 2) || isSwapped(plain, other);
  });
}

/** Two letters side by side in the wrong order, `anwser`: one slip of the hand, though two edits. */
function isSwapped(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  if (at < 0 || a.length !== b.length || a[at] !== b[at + 1] || a[at + 1] !== b[at]) return false;
  return a.slice(at + 2) === b.slice(at + 2);
}

/** `ExpectedOutput`, `expected-output` and `expected_output` are the same to the eye. */
function normalise(field: string): string {
  return field.toLowerCase().replace(/[-_ ]/g, '');
}
