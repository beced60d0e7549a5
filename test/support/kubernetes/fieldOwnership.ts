import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/engine/model/json.ts';
import {
  type FieldPath,
  type FieldSet,
  fieldsOf,
  fromFieldsV1,
  isMember,
  memberStep,
  removeAt,
  toFieldsV1,
  valueAt,
} from './fieldSet.ts';
import { isAtomicMap, listTypeOf } from './resourceKinds.ts';

interface Owner {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource: string;
  fields: FieldSet;
  time: string;
}

export interface Writer {
  manager: string;
  subresource: string;
  /** ISO, of now. */
  time: string;
}

export interface FieldConflict {
  manager: string;
  path: string;
}

/**
 * Server-side apply: what `applied` says becomes true of `live`, what the same manager said before and says no more is taken out unless another
 * owns it, and fields of others that would change are conflicts, which `isForced` takes over.
 */
export function applied(
  live: JsonObject,
  config: JsonObject,
  writer: Writer,
  isForced: boolean,
): { object: JsonObject } | { conflicts: FieldConflict[] } {
  const owners = ownersOf(live);
  const wanted = fieldsOf(config);
  const others = owners.filter((owner) => !isSame(owner, writer, 'Apply'));
  const before = owners.find((owner) => isSame(owner, writer, 'Apply'));
  const changed = [...wanted].filter((path) => differs(live, config, path));
  const conflicts = others.flatMap(({ manager, fields }) =>
    changed.filter((path) => fields.has(path)).map((path) => ({ manager, path: shown(path) })),
  );
  if (conflicts.length > 0 && !isForced) return { conflicts };

  const object = merged(String(config['kind']), structuredClone(live), config, '') as JsonObject;
  for (const path of before?.fields ?? []) {
    const isOwned = wanted.has(path) || others.some(({ fields }) => fields.has(path));
    if (!isOwned) removeAt(object, parse(path));
  }

  const kept = others.map((owner) => ({
    ...owner,
    fields: new Set([...owner.fields].filter((path) => !changed.includes(path))),
  }));
  setOwners(object, [...kept, { ...writer, operation: 'Apply', fields: wanted }]);
  return { object };
}

/** After an update or a patch: what it changed belongs to the writer, what it took out to nobody. */
export function updated(live: JsonObject | undefined, object: JsonObject, writer: Writer): void {
  const now = fieldsOf(object);
  const changed = new Set([...now].filter((path) => !live || differs(live, object, path)));
  if (!live) {
    setOwners(object, [{ ...writer, operation: 'Update', fields: changed }]);
    return;
  }

  const owners = ownersOf(live).map((owner) => ({
    ...owner,
    fields: new Set([...owner.fields].filter((path) => now.has(path) && !changed.has(path))),
  }));
  const own = owners.find((owner) => isSame(owner, writer, 'Update'));
  const others = owners.filter((owner) => owner !== own);
  const fields = new Set([...(own?.fields ?? []), ...changed]);
  const time = changed.size > 0 ? writer.time : (own?.time ?? writer.time);
  setOwners(object, [...others, { ...writer, time, operation: 'Update', fields }]);
}

function isSame(owner: Owner, writer: Writer, operation: Owner['operation']): boolean {
  return (
    owner.manager === writer.manager &&
    owner.operation === operation &&
    owner.subresource === writer.subresource
  );
}

function differs(live: JsonObject, next: JsonObject, path: string): boolean {
  const steps = parse(path);
  const [was, is] = [valueAt(live, steps), valueAt(next, steps)];
  // A member of a list is the same one by its key; its fields are compared by themselves.
  if (steps.at(-1) === '.') return was === undefined;
  return !isDeepStrictEqual(was, is);
}

function merged(kind: string, live: JsonValue | undefined, config: JsonValue, at: string): JsonValue {
  if (isJsonObject(config)) {
    if (!isJsonObject(live ?? null) || (at !== '' && isAtomicMap(kind, at))) return structuredClone(config);
    const result = live as JsonObject;
    for (const [key, value] of Object.entries(config))
      if (at !== 'metadata' || !['managedFields', 'resourceVersion', 'uid'].includes(key))
        result[key] = merged(kind, result[key], value, at === '' ? key : `${at}.${key}`);
    return result;
  }

  const type = Array.isArray(config) ? listTypeOf(kind, at) : 'atomic';
  if (!Array.isArray(config) || type === 'atomic' || !Array.isArray(live)) return structuredClone(config);
  const result = [...live];
  for (const item of config) {
    const step = memberStep(item, type);
    const index = result.findIndex((member) => isMember(member, step));
    if (index < 0) result.push(structuredClone(item));
    else if (type !== 'set') result[index] = merged(kind, result[index], item, at);
  }
  return result;
}

function ownersOf(object: JsonObject): Owner[] {
  const { managedFields = [] } = object['metadata'] as { managedFields?: JsonObject[] };
  return managedFields.map((entry) => ({
    manager: String(entry['manager']),
    operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
    subresource: String(entry['subresource'] ?? ''),
    time: String(entry['time']),
    fields: fromFieldsV1(entry['fieldsV1'] as JsonObject),
  }));
}

function setOwners(object: JsonObject, owners: readonly Owner[]): void {
  const metadata = object['metadata'] as JsonObject;
  metadata['managedFields'] = owners
    .filter(({ fields }) => fields.size > 0)
    .map(({ manager, operation, subresource, time, fields }) => ({
      manager,
      operation,
      apiVersion: object['apiVersion'] ?? null,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource === '' ? {} : { subresource }),
    }));
}

function parse(path: string): FieldPath {
  return JSON.parse(path) as FieldPath;
}

/** As the server names a field in conflicts: `.spec.rules`. */
function shown(path: string): string {
  return parse(path)
    .filter((step) => step !== '.')
    .map((step) => (step.startsWith('f:') ? `.${step.slice(2)}` : `[${step.slice(2)}]`))
    .join('');
}
