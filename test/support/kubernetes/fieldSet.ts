import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/engine/model/json.ts';
import { isAtomicMap, listTypeOf } from './resourceKinds.ts';

/** A field by its steps: `f:name` of a map, `k:{…}` of a list of maps, `v:…` of a set; `.` is the thing itself. */
export type FieldPath = readonly string[];

/** Fields of an object that somebody owns, as structured-merge-diff has them; keyed by the JSON of their paths. */
export type FieldSet = Set<string>;

/** Nobody owns what names the object, and what the server itself writes. */
const UNOWNED =
  /^\["f:(?:apiVersion|kind|metadata","f:(?:name|namespace|uid|resourceVersion|generation|creationTimestamp|managedFields|selfLink|deletionTimestamp))"/;

/** Every field of an object that is a whole for ownership: scalars, atomic lists and maps, and members of lists. */
export function fieldsOf(object: JsonObject): FieldSet {
  const found: FieldSet = new Set();
  collect(String(object['kind']), object, [], '', found);
  return new Set([...found].filter((path) => !UNOWNED.test(path)));
}

/** `at` is the path without the keys of list members, by which the schema is asked. */
function collect(kind: string, value: JsonValue, path: FieldPath, at: string, into: FieldSet): void {
  if (isJsonObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0 || (at !== '' && isAtomicMap(kind, at))) {
      add(into, path);
      return;
    }
    for (const [key, item] of entries)
      collect(kind, item, [...path, `f:${key}`], at === '' ? key : `${at}.${key}`, into);
    return;
  }

  const type = Array.isArray(value) ? listTypeOf(kind, at) : 'atomic';
  if (!Array.isArray(value) || type === 'atomic' || value.length === 0) {
    add(into, path);
    return;
  }
  for (const item of value) {
    const member = [...path, memberStep(item, type)];
    add(into, [...member, '.']);
    if (type !== 'set') collect(kind, item, member, at, into);
  }
}

/** How a member of a list is named in paths. */
export function memberStep(item: JsonValue, type: 'set' | readonly string[]): string {
  if (type === 'set') return `v:${JSON.stringify(item)}`;
  const keys = type.map((key) => [key, isJsonObject(item) ? (item[key] ?? defaultOf(key)) : null]);
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

/** The one key that has a default. */
function defaultOf(key: string): JsonValue {
  return key === 'protocol' ? 'TCP' : null;
}

function add(into: FieldSet, path: FieldPath): void {
  into.add(JSON.stringify(path));
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(object: JsonObject, path: FieldPath): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const step of path) {
    if (step === '.' || value === undefined) continue;
    if (step.startsWith('f:')) value = isJsonObject(value) ? value[step.slice(2)] : undefined;
    else value = Array.isArray(value) ? value.find((item) => isMember(item, step)) : undefined;
  }
  return value;
}

export function isMember(item: JsonValue, step: string): boolean {
  if (step.startsWith('v:')) return JSON.stringify(item) === step.slice(2);
  const keys = JSON.parse(step.slice(2)) as JsonObject;
  return (
    isJsonObject(item) &&
    Object.entries(keys).every(([key, wanted]) => (item[key] ?? defaultOf(key)) === wanted)
  );
}

/** Takes a field out of an object, and the maps and lists that are empty without it. */
export function removeAt(object: JsonObject, path: FieldPath): void {
  const steps = path.filter((step) => step !== '.');
  const last = steps.at(-1);
  if (last === undefined) return;
  const parent = valueAt(object, steps.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = parent.findIndex((item) => isMember(item, last));
    if (index >= 0) parent.splice(index, 1);
  } else if (isJsonObject(parent ?? null)) delete (parent as JsonObject)[last.slice(2)];
  const isEmpty = Array.isArray(parent) ? parent.length === 0 : Object.keys(parent ?? {}).length === 0;
  if (isEmpty && steps.length > 2) removeAt(object, steps.slice(0, -1));
}

/** In the form of `managedFields[].fieldsV1`. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const root: JsonObject = {};
  for (const path of [...set].sort()) {
    let at = root;
    for (const step of JSON.parse(path) as string[]) {
      const next = (at[step] ?? {}) as JsonObject;
      at[step] = next;
      at = next;
    }
  }
  return root;
}

export function fromFieldsV1(fields: JsonObject): FieldSet {
  const set: FieldSet = new Set();
  const walk = (at: JsonObject, path: FieldPath): void => {
    const entries = Object.entries(at);
    if (entries.length === 0) add(set, path);
    for (const [step, below] of entries) walk(below as JsonObject, [...path, step]);
  };
  for (const [step, below] of Object.entries(fields)) walk(below as JsonObject, [step]);
  return set;
}
