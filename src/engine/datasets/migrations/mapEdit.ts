import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/**
 * One small change to a map of a dataset; `path` leads from the header or the case to the map. Edits apply to values
 * and to texts.
 */
export type Edit =
  | { op: 'rename'; path: readonly string[]; from: string; to: string }
  | { op: 'set'; path: readonly string[]; key: string; value: JsonValue; before: JsonValue }
  | { op: 'add'; path: readonly string[]; key: string; value: JsonValue };

/** The map after the edits; the argument is not modified. */
export function applyEdits(map: JsonObject, edits: readonly Edit[]): JsonObject {
  return edits.reduce(
    (current, edit) => changeMap(current, edit.path, (inner) => applyToMap(inner, edit)),
    map,
  );
}

/** The map before the edits: what `applyEdits` was given. */
export function undoEdits(map: JsonObject, edits: readonly Edit[]): JsonObject {
  return edits.reduceRight(
    (current, edit) => changeMap(current, edit.path, (inner) => undoInMap(inner, edit)),
    map,
  );
}

function applyToMap(map: JsonObject, edit: Edit): JsonObject {
  switch (edit.op) {
    case 'rename':
      return renameKey(map, edit.from, edit.to);
    case 'set':
    case 'add':
      return { ...map, [edit.key]: edit.value };
  }
}

function undoInMap(map: JsonObject, edit: Edit): JsonObject {
  switch (edit.op) {
    case 'rename':
      return renameKey(map, edit.to, edit.from);
    case 'set':
      return { ...map, [edit.key]: edit.before };
    case 'add': {
      const { [edit.key]: _, ...rest } = map;
      return rest;
    }
  }
}

function renameKey(map: JsonObject, from: string, to: string): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key === from ? to : key, item]));
}

function changeMap(
  map: JsonObject,
  path: readonly string[],
  change: (map: JsonObject) => JsonObject,
): JsonObject {
  const [step, ...rest] = path;
  if (step === undefined) return change(map);
  const inner = map[step];
  return isJsonObject(inner) ? { ...map, [step]: changeMap(inner, rest, change) } : map;
}
