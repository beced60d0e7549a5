import { isDeepStrictEqual } from 'node:util';
import type { Pointer } from '../../files/formats/document.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';

/** The difference in one field. `path` is relative to the header or case. */
export type FieldChange =
  | { kind: 'added'; path: Pointer; after: JsonValue }
  | { kind: 'removed'; path: Pointer; before: JsonValue }
  | { kind: 'changed'; path: Pointer; before: JsonValue; after: JsonValue }
  /** A list whose order means nothing: the items that came and went. */
  | { kind: 'items'; path: Pointer; added: JsonValue[]; removed: JsonValue[] };

/** Lists of a case whose order and repetitions mean nothing. */
const UNORDERED = new Set([
  'tags',
  'expected_output.expected_concepts',
  'expected_output.forbidden_concepts',
]);

/** The innermost fields that differ, in the order of the fields. The order of keys means nothing. */
export function diffValues(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: Pointer = [],
): FieldChange[] {
  if (before === undefined || after === undefined) {
    if (before !== undefined) return [{ kind: 'removed', path, before }];
    return after === undefined ? [] : [{ kind: 'added', path, after }];
  }

  if (isDeepStrictEqual(before, after)) return [];
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    const value = (map: typeof before, key: string) => (Object.hasOwn(map, key) ? map[key] : undefined);
    return [...keys].flatMap((key) => diffValues(value(before, key), value(after, key), [...path, key]));
  }

  if (Array.isArray(before) && Array.isArray(after)) {
    return UNORDERED.has(path.join('.'))
      ? diffItems(before, after, path)
      : Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index).flatMap((index) =>
          diffValues(before[index], after[index], [...path, index]),
        );
  }

  return [{ kind: 'changed', path, before, after }];
}

function diffItems(before: readonly JsonValue[], after: readonly JsonValue[], path: Pointer): FieldChange[] {
  const lacks = (list: readonly JsonValue[]) => (item: JsonValue) =>
    !list.some((other) => isDeepStrictEqual(item, other));
  const added = after.filter(lacks(before));
  const removed = before.filter(lacks(after));
  return added.length + removed.length === 0 ? [] : [{ kind: 'items', path, added, removed }];
}
