import type { JsonObject, JsonValue } from '../../model/json.ts';
import { type MemberSpan, type ObjectSpan, objectSpan } from './memberSpans.ts';

export interface RequestEdits {
  model?: string;
  /** A stream is to say its usage in an event of its own. */
  includeUsage?: boolean;
  /** The member of that name, in the form of the request's API (`writeMessages`). */
  messages?: JsonValue;
  /** Further members, by the names of the request's API. */
  parameters?: JsonObject;
  /** Names of members that are taken out. */
  drop?: readonly string[];
}

/**
 * The body of a request with a few members of its object set, added or taken out. Every other byte stays: spellings of
 * numbers, white space, keys that come twice (where one of them is set, all are), a byte order mark. A body that is no
 * JSON object is returned as it is.
 */
export function editRequest(body: Buffer, edits: RequestEdits): Buffer {
  const text = body.toString('latin1');
  const span = objectSpan(text);
  if (span === undefined) return body;

  const set = membersToSet(edits);
  const changes = [...dropped(span, edits.drop ?? [], set), ...replaced(span, set)];
  if (edits.includeUsage) changes.push(...usageAsked(text, span, set));
  const added = Object.entries(set).filter(([key]) => !span.members.some((member) => member.key === key));
  if (added.length > 0) changes.push(insertion(span, added, edits.drop ?? [], set));

  return changes.length === 0 ? body : apply(body, changes);
}

interface Change {
  from: number;
  to: number;
  text: string;
}

function membersToSet({ model, messages, parameters }: RequestEdits): JsonObject {
  const set: JsonObject = { ...parameters };
  if (model !== undefined) set['model'] = model;
  if (messages !== undefined) set['messages'] = messages;
  return set;
}

function replaced(span: ObjectSpan, set: JsonObject): Change[] {
  return span.members.flatMap(({ key, valueFrom, valueTo }) =>
    Object.hasOwn(set, key)
      ? [{ from: valueFrom, to: valueTo, text: JSON.stringify(set[key]) ?? 'null' }]
      : [],
  );
}

/** Each with the comma before it, or behind it where nothing that stays stands before it. */
function dropped(span: ObjectSpan, names: readonly string[], set: JsonObject): Change[] {
  const changes: Change[] = [];
  let isFirst = true;
  for (const [at, member] of span.members.entries()) {
    if (!isDropped(member, names, set)) {
      isFirst = false;
      continue;
    }
    const [before, next] = [span.members[at - 1], span.members[at + 1]];
    if (!isFirst && before) changes.push({ from: before.valueTo, to: member.valueTo, text: '' });
    else changes.push({ from: member.from, to: next ? next.from : member.valueTo, text: '' });
  }
  return changes;
}

function isDropped({ key }: MemberSpan, names: readonly string[], set: JsonObject): boolean {
  return names.includes(key) && !Object.hasOwn(set, key);
}

function insertion(
  span: ObjectSpan,
  added: readonly (readonly [string, JsonValue])[],
  names: readonly string[],
  set: JsonObject,
): Change {
  const text = added.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',');
  const last = span.members.findLast((member) => !isDropped(member, names, set));
  return last
    ? { from: last.valueTo, to: last.valueTo, text: `,${text}` }
    : { from: span.open + 1, to: span.open + 1, text };
}

const USAGE = 'include_usage';

/** Where there are no stream options, `set` gets some. */
function usageAsked(text: string, span: ObjectSpan, set: JsonObject): Change[] {
  if (Object.hasOwn(set, 'stream_options')) return [];
  const given = span.members.filter(({ key }) => key === 'stream_options');
  if (given.length === 0) set['stream_options'] = { [USAGE]: true };

  return given.flatMap(({ valueFrom, valueTo }) => {
    const options = objectSpan(text, valueFrom, valueTo);
    if (options) return usageWithin(text, options);
    const isNull = text.slice(valueFrom, valueTo) === 'null';
    return isNull ? [{ from: valueFrom, to: valueTo, text: JSON.stringify({ [USAGE]: true }) }] : [];
  });
}

function usageWithin(text: string, options: ObjectSpan): Change[] {
  const given = options.members.filter(({ key }) => key === USAGE);
  if (given.length === 0) return [insertion(options, [[USAGE, true]], [], {})];
  return given.flatMap(({ valueFrom, valueTo }) =>
    text.slice(valueFrom, valueTo) === 'true' ? [] : [{ from: valueFrom, to: valueTo, text: 'true' }],
  );
}

function apply(body: Buffer, changes: readonly Change[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  // What is put in where something is taken out comes first.
  for (const { from, to, text } of changes.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    pieces.push(body.subarray(at, from), Buffer.from(text, 'utf8'));
    at = to;
  }
  pieces.push(body.subarray(at));
  return Buffer.concat(pieces);
}
