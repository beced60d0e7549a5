import { distance } from 'fastest-levenshtein';
import type { Pointer } from '../files/document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import type { FormatVersion } from './formatVersion.ts';
import { knownFields, type MapKind } from './validators.ts';

/** An unknown field that is probably a known one, misspelt. */
export interface NearMiss {
  pointer: Pointer;
  field: string;
  meant: string;
}

/** Names of older formats, which a newer one does not read. */
const RENAMED: { [field: string]: string } = { expected_keywords: 'expected_concepts' };

/** Looks for misspelt fields. Unknown fields are allowed, so only names close to an absent known one count. */
export class NearMissFinder {
  readonly #known: { [kind in MapKind]: readonly string[] };
  /** Remembered per kind and field: a large dataset repeats the same names. */
  readonly #meant = new Map<string, string | undefined>();

  constructor(format: FormatVersion) {
    this.#known = knownFields(format);
  }

  inDataset(dataset: JsonObject): NearMiss[] {
    return this.#inMap(dataset, 'dataset', []);
  }

  inCase(testCase: JsonObject): NearMiss[] {
    return [
      ...this.#inMap(testCase, 'case', []),
      ...this.#inMap(testCase['expected_output'], 'expected_output', ['expected_output']),
      ...this.#inMap(testCase['evaluation_criteria'], 'evaluation_criteria', ['evaluation_criteria']),
    ];
  }

  #inMap(value: JsonValue | undefined, kind: MapKind, pointer: Pointer): NearMiss[] {
    if (!isJsonObject(value)) return [];
    const misses: NearMiss[] = [];
    for (const field of Object.keys(value)) {
      const meant = this.#lookUp(field, kind);
      if (meant && !Object.hasOwn(value, meant)) misses.push({ pointer: [...pointer, field], field, meant });
    }
    return misses;
  }

  #lookUp(field: string, kind: MapKind): string | undefined {
    const known = this.#known[kind];
    if (known.includes(field)) return undefined;
    const key = `${kind}/${field}`;
    if (this.#meant.has(key)) return this.#meant.get(key);
    const meant = closest(field, known);
    // Bounded, because a hostile file may hold any number of names.
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
